using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>The first step of every pipeline with a sandbox: makes the sandbox and lists the variables, protected ones hidden.</summary>
internal sealed class EnvironmentStep(PipelineDefinition definition) : IDeployStep
{
    public const string Name = "Environment";

    private readonly ISandboxProvider _provider = definition.SandboxProvider!;

    public StepForecast Forecast(DeployPlanContext context) => StepForecast.Runs($"make a {_provider.Name} sandbox with {Words(context.Request.Source)}");

    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var spec = definition.SpecOf(context.DeploymentId, context.Request, context.Environment) with { ReplacesEarlier = context.IsResumed };
        var sandbox = await _provider.CreateAsync(spec, cancellationToken).ConfigureAwait(false);
        context.Adopt(sandbox);
        context.Environment.Set("WERCKER_ROOT", sandbox.Root);
        foreach (var notice in sandbox.Notices)
        {
            await context.WarnAsync(notice, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (name, value, isProtected) in context.Environment)
        {
            await context.Output.NoteAsync($"{name}={(isProtected ? Secret.Mask : value.Reveal())}", cancellationToken).ConfigureAwait(false);
        }

        return StepResult.Succeeded($"{_provider.Name} sandbox with {Words(spec.Source)} and {context.Environment.Count} variables");
    }

    private static string Words(Source? source) => source?.Kind switch
    {
        null => "no files",
        SourceKind.Git => $"revision {source.GitRevision} of {Path.GetFileName(source.Path)}",
        _ => $"the files of {Path.GetFileName(source.Path)}",
    };
}
