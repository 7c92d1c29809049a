using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Testing;

/// <summary>Runs one step in a real pipeline around it, so that what a test sees is what a deployment would see.</summary>
/// <remarks>Everything is in memory. Set what the step needs, leave the rest.</remarks>
public sealed class StepHarness
{
    private const string StepName = "step";

    /// <summary>What is deployed. Default: revision "1" of "app".</summary>
    public DeployRequest Request { get; init; } = new("app", "1");

    /// <summary>The target; null for a pipeline without one. Default: null.</summary>
    public IDeployTarget? Target { get; init; }

    /// <summary>Makes the sandbox; null for a pipeline without one. Default: null.</summary>
    public ISandboxProvider? Sandbox { get; init; }

    /// <summary>The world around the pipeline. Default: everything in memory.</summary>
    public PipelineServices Services { get; init; } = new();

    /// <summary>How the pipeline treats the step; null for the defaults.</summary>
    public Action<StepOptions>? Options { get; init; }

    /// <summary>Runs before the step, in the same deployment: sets values that the step reads. Default: nothing.</summary>
    public Func<DeployContext, CancellationToken, ValueTask> Before { get; init; } = (_, _) => ValueTask.CompletedTask;

    /// <summary>Runs the step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Cancels the deployment.</param>
    /// <returns>What became of the step.</returns>
    public async Task<StepReport> RunAsync(IDeployStep step, CancellationToken cancellationToken = default)
    {
        var report = await Build(step, false).DeployAsync(Request, cancellationToken).ConfigureAwait(false);
        return report.Steps.Single(one => one.Name == StepName);
    }

    /// <summary>Runs the step that an AddX method of the builder adds.</summary>
    /// <param name="add">Adds one step, or several: the last one counts.</param>
    /// <param name="cancellationToken">Cancels the deployment.</param>
    /// <returns>What became of the last step.</returns>
    public async Task<StepReport> RunAsync(Action<DeployPipelineBuilder> add, CancellationToken cancellationToken = default)
    {
        var report = await Build(add, false).DeployAsync(Request, cancellationToken).ConfigureAwait(false);
        return report.Steps[^1];
    }

    /// <summary>Runs the step and lets a later step fail, so that the pipeline undoes it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Cancels the deployment.</param>
    /// <returns>What became of the step, and of its undo.</returns>
    public async Task<(StepReport Step, StepReport Undo)> RunAndUndoAsync(IReversibleStep step, CancellationToken cancellationToken = default)
    {
        var report = await Build(step, true).DeployAsync(Request, cancellationToken).ConfigureAwait(false);
        return (report.Steps.Single(one => one.Name == StepName), report.Reverts.Single(one => one.Name == StepName));
    }

    /// <summary>What the step says beforehand.</summary>
    /// <param name="step">The step.</param>
    /// <returns>Its forecast.</returns>
    public StepForecast Forecast(IDeployStep step) => Build(step, false).Plan(Request).Steps.Single(one => one.Name == StepName);

    private DeployPipeline Build(IDeployStep step, bool thenFail)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Build(builder => builder.AddStep(StepName, step, Options), thenFail);
    }

    private DeployPipeline Build(Action<DeployPipelineBuilder> add, bool thenFail)
    {
        ArgumentNullException.ThrowIfNull(add);
        var builder = new DeployPipelineBuilder("harness", Services);
        if (Target is not null)
        {
            builder.UseTarget(Target);
        }

        if (Sandbox is not null)
        {
            builder.UseSandbox(Sandbox);
        }

        builder.AddStep("before", async (context, token) =>
        {
            await Before(context, token).ConfigureAwait(false);
            return StepResult.Succeeded();
        });
        add(builder);
        if (thenFail)
        {
            builder.AddStep("failure", (_, _) => new(StepResult.Failed("so that the step is undone")));
        }

        return builder.Build();
    }
}
