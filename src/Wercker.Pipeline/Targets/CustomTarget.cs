using System.Text.Json.Serialization;
using Wercker.Pipeline.Commands;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Targets;

/// <summary>A target that is deployed to by the author's own scripts, run in the sandbox.</summary>
/// <param name="name">The target's name.</param>
/// <param name="deploy">The scripts that deploy: "deploy" of wercker.json.</param>
/// <param name="rollback">The scripts that put the previous version back when the deployment does not succeed; empty when there is no way back.</param>
public sealed partial class CustomTarget(
    string name,
    IReadOnlyList<WerckerCommand> deploy,
    IReadOnlyList<WerckerCommand>? rollback = null) : IDeployTarget, IPush
{
    private readonly CommandSequence _deploy = new(deploy);
    private readonly CommandSequence _rollback = new(rollback ?? []);

    /// <inheritdoc />
    public string Name { get; } = name;

    /// <summary>Makes custom targets of settings: {"provider": "custom", "rollback": ["./rollback.sh"]}.</summary>
    /// <param name="config">The wercker.json with the commands that deploy, and with the limits of the commands that roll back.</param>
    /// <returns>The provider.</returns>
    public static ITargetProvider Provider(WerckerConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new CustomTargetProvider(config);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) =>
        _deploy.IsEmpty ? StepResult.Skipped(NoScripts) : await _deploy.RunAsync(context, null, context.HasFailed, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask<StepResult> UndoPushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_deploy.IsEmpty)
        {
            return StepResult.Skipped(NoScripts);
        }

        if (FindUndoObstacle() is { } obstacle)
        {
            return StepResult.Inconclusive($"{obstacle}: it is as the deploy scripts left it");
        }

        // One that was cut off goes on with the command at which it was, and runs none that had ended a second time.
        return await _rollback.RunAsync(
            context,
            null,
            hasFailed: false,
            cancellationToken,
            context.TryGet(RolledBack, out var done) ? done : 0,
            count => context.SetAsync(RolledBack, count, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public string? FindUndoObstacle() => _deploy.IsEmpty || !_rollback.IsEmpty ? null : $"target '{Name}' has no \"rollback\" commands";

    /// <inheritdoc />
    public StepForecast ForecastPush() => _deploy.IsEmpty
        ? StepForecast.Skips(NoScripts)
        : StepForecast.Runs("run the deploy scripts in the sandbox") with { Commands = _deploy.Texts };

    private static readonly ContextKey<int> RolledBack = new("wercker.rollback.commands", RollBackJson.Default.Int32);

    private const string NoScripts = "wercker.json has no \"deploy\" commands";

    [JsonSerializable(typeof(int))]
    private sealed partial class RollBackJson : JsonSerializerContext;
}
