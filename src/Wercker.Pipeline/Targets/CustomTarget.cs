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

    /// <summary>
    /// What becomes of a command that rolls back and was cut off when its process ended. False, the default: it is run again, and a warning says so. True: nobody can tell how far
    /// it came, so neither it nor what follows is run; the undo fails, and the target needs a person.
    /// </summary>
    public bool RollsBackOnce { get; init; }

    /// <summary>Makes custom targets of settings: {"provider": "custom", "rollback": ["./rollback.sh"], "rollbackOnce": true}.</summary>
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

        var done = context.TryGet(RolledBack, out var ended) ? ended : 0;
        var cutOff = context.TryGet(RollingBack, out var begun) && begun > done && done < _rollback.Texts.Count ? $"`{_rollback.Texts[done]}` was cut off when the process of the deployment ended" : null;
        if (cutOff is not null && RollsBackOnce)
        {
            return StepResult.Failed($"{cutOff}, and nobody can tell how far it came: neither it nor what follows was run. Look at the target, and finish by hand what it had begun");
        }

        if (cutOff is not null)
        {
            await context.WarnAsync($"{cutOff}, and is run again", cancellationToken).ConfigureAwait(false);
        }

        // One that was cut off goes on with the command at which it was, and runs none that had ended a second time.
        return await _rollback.RunAsync(
            context,
            null,
            hasFailed: false,
            cancellationToken,
            new CommandBookmark(done, count => context.SetAsync(RollingBack, count, CancellationToken.None), count => context.SetAsync(RolledBack, count, CancellationToken.None))).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public string? FindUndoObstacle() => _deploy.IsEmpty || !_rollback.IsEmpty ? null : $"target '{Name}' has no \"rollback\" commands";

    /// <inheritdoc />
    public StepForecast ForecastPush() => _deploy.IsEmpty
        ? StepForecast.Skips(NoScripts)
        : StepForecast.Runs("run the deploy scripts in the sandbox") with { Commands = _deploy.Texts };

    private static readonly ContextKey<int> RolledBack = new("wercker.rollback.commands", RollBackJson.Default.Int32);

    // Written down before a command is run, as the number of those that have ended when it has.
    private static readonly ContextKey<int> RollingBack = new("wercker.rollback.command", RollBackJson.Default.Int32);

    private const string NoScripts = "wercker.json has no \"deploy\" commands";

    [JsonSerializable(typeof(int))]
    private sealed partial class RollBackJson : JsonSerializerContext;
}
