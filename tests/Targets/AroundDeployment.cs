using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tests.Targets;

/// <summary>Puts a deployment around a question to a target, and throws what the question threw.</summary>
internal static class AroundDeployment
{
    public static async Task<T> AskAsync<T>(IDeployTarget target, DeployRequest request, Func<DeployContext, CancellationToken, ValueTask<T>> ask)
    {
        T answer = default!;
        Exception? accident = null;
        var pipeline = new DeployPipelineBuilder("ask").UseTarget(target).AddStep("ask", async (context, token) =>
        {
            try
            {
                answer = await ask(context, token);
            }
            catch (Exception e)
            {
                accident = e;
            }

            return StepResult.Succeeded();
        }).WaitForTarget(TimeSpan.FromMinutes(1)).Build();
        await pipeline.DeployAsync(request);
        return accident is null ? answer : throw accident;
    }
}
