using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Asks a target what every deployment asks first: whether it is there, and whether the key is good. Changes nothing, and records nothing.</summary>
internal sealed class PreflightQuestion(Project project, IReadOnlyList<ITargetProvider> providers)
{
    private const string Step = "Preflight";

    public async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        // A pipeline in memory, with a name of its own for the lease: nobody waits for it.
        var settings = project.Target with { Secrets = [.. project.Target.Secrets.Where(name => project.FindVariable(name) is { Length: > 0 })] };
        var pipeline = new DeployPipelineBuilder("connection").UseTarget(settings, providers, project.FindVariable).AddStep(Step, CheckAsync).Build();
        var report = await pipeline.DeployAsync(project.Request, cancellationToken);
        var step = report.Steps.First(step => step.Name == Step);
        return step.Status switch
        {
            StepStatus.Succeeded => step.Message ?? "It answers, and the key is good.",
            StepStatus.Skipped => step.Message ?? "There is nothing to ask.",
            _ => throw new IOException(step.Message ?? step.Status.ToString()),
        };
    }

    private static ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken) => context.Target is IPreflight preflight
        ? preflight.CheckAsync(context, cancellationToken)
        : ValueTask.FromResult(StepResult.Skipped("This kind of target has nothing that could be asked beforehand."));
}
