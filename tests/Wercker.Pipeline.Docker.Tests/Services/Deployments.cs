using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing.Contracts;
using Wercker.Pipeline.Tests.Targets;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Deployments of the shop.</summary>
internal static class Deployments
{
    /// <summary>Looks and pushes, and lets a step fail afterwards when it should be taken back.</summary>
    public static async Task<DeployReport> DeployAsync(IDeployTarget target, string revision, bool thenFail = false)
    {
        var builder = new DeployPipelineBuilder("shop").UseTarget(target).AddSetup().AddPush();
        if (thenFail)
        {
            builder.AddStep("Test", (_, _) => new(StepResult.Failed("the shop is not what it should be")));
        }

        return await builder.Build().DeployAsync(new DeployRequest("shop", revision));
    }

    public static StepReport Push(this DeployReport report) => report.Steps.Single(step => step.Name == "Push");

    /// <summary>Runs something that has a deployment to the target around it.</summary>
    public static Task<T> AskAsync<T>(IDeployTarget target, Func<DeployContext, CancellationToken, ValueTask<T>> ask, string revision = "1", IReadOnlyDictionary<string, string>? variables = null) =>
        AroundDeployment.AskAsync(target, new DeployRequest("shop", revision) { Variables = variables ?? new Dictionary<string, string>() }, ask);

    public static Task VerifyContractAsync(Func<IDeployTarget> create, CancellationToken cancellationToken) => new TargetContract(
        create,
        (target, body, token) => AskAsync(target, async (context, _) =>
        {
            await body(context, token);
            return true;
        })).Rules.VerifyAllAsync(cancellationToken);
}
