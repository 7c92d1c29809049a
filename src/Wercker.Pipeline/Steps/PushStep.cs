using System.Text.Json.Serialization;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Brings the new version to the target. Its undo goes back to the release that was live before.</summary>
/// <param name="deploy">The "deploy" commands of wercker.json, which a custom target runs and every other one does not; null for none.</param>
internal sealed partial class PushStep(IReadOnlyList<WerckerCommand>? deploy = null) : IReversibleStep
{
    private const string NotRun = "the \"deploy\" commands of wercker.json are not run: this target is pushed to, only a custom target runs them";

    private const string NotSupported = "the target takes no push";

    /// <summary>The release that was live when the deployment found the target; not set when there was none.</summary>
    internal static readonly ContextKey<Release> Before = new("wercker.release.before", PushJson.Default.Release);

    /// <summary>Journaled before the roll back is asked for: from then on what is live may be the release from before again.</summary>
    internal static readonly ContextKey<bool> RollingBack = new("wercker.rollback.begun", PushJson.Default.Boolean);

    // Journaled before the push, so that without it nothing was pushed. Asked before a second try, too: what is live then may be what the first one released.
    private static readonly ContextKey<bool> Begun = new("wercker.push.begun", PushJson.Default.Boolean);

    /// <inheritdoc />
    /// <remarks>A push that had not begun is made. Otherwise the target says what became of it.</remarks>
    public async ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Target is not IPush push || !context.TryGet(Begun, out _))
        {
            return null;
        }

        var result = await push.VerifyPushAsync(context, context.TryGet(Before, out var before) ? before : null, cancellationToken).ConfigureAwait(false);
        if (result is { Status: StepStatus.Succeeded })
        {
            await DelayedWindow.ReleasedAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var forecast = context.Target is IPush push ? push.ForecastPush() : StepForecast.Skips(NotSupported);
        if (forecast.SkipReason is null && context.Target is IPush and not IReleaseHistory && ((IPush)context.Target).FindUndoObstacle() is { } obstacle)
        {
            forecast = forecast with { Warnings = [.. forecast.Warnings, $"a deployment cannot be taken back: {obstacle}"] };
        }

        return Ignores(context.Target) ? forecast with { Warnings = [.. forecast.Warnings, NotRun] } : forecast;
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Target is not IPush push)
        {
            return StepResult.Skipped(NotSupported);
        }

        if (Ignores(context.Target))
        {
            await context.WarnAsync(NotRun, cancellationToken).ConfigureAwait(false);
        }

        if (context.Target is IReleaseHistory history && !context.TryGet(Begun, out _)
            && await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false) is { } before)
        {
            await context.SetAsync(Before, before, cancellationToken).ConfigureAwait(false);
        }

        await context.SetAsync(Begun, true, cancellationToken).ConfigureAwait(false);
        var result = await push.PushAsync(context, cancellationToken).ConfigureAwait(false);
        if (result.Status == StepStatus.Succeeded)
        {
            await DelayedWindow.ReleasedAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Target is IPush && !context.TryGet(Begun, out _))
        {
            return StepResult.Skipped("nothing was pushed");
        }

        if (context.Target is IReleaseHistory and IPush pushed)
        {
            // What lands after the look at the live release would never be taken back.
            await pushed.StopPushAsync(context, cancellationToken).ConfigureAwait(false);
        }

        switch (context.Target)
        {
            case IReleaseHistory history when context.TryGet(Before, out var before):
                return await RollBackAsync(history, before, context, cancellationToken).ConfigureAwait(false);
            case IReleaseHistory history:
                return await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false) is null
                    ? StepResult.Skipped("nothing was released")
                    : StepResult.Inconclusive("there was no release before this one to go back to");
            case IPush push:
                await context.SetAsync(RollingBack, true, cancellationToken).ConfigureAwait(false);
                return await push.UndoPushAsync(context, cancellationToken).ConfigureAwait(false);
            default:
                return StepResult.Skipped(NotSupported);
        }
    }

    /// <summary>Rolls back at most once: one that an earlier process began is looked for before it is asked for again.</summary>
    private static async ValueTask<StepResult> RollBackAsync(IReleaseHistory history, Release before, DeployContext context, CancellationToken cancellationToken)
    {
        var hasBegun = context.TryGet(RollingBack, out _);
        if (await history.GetCurrentAsync(context, cancellationToken).ConfigureAwait(false) is { } current && current.Id == before.Id)
        {
            return hasBegun ? StepResult.Succeeded($"release {before.Id} is live again") : StepResult.Skipped($"release {before.Id} is still live");
        }

        await context.SetAsync(RollingBack, true, cancellationToken).ConfigureAwait(false);
        var result = await history.RollBackAsync(context, before, cancellationToken).ConfigureAwait(false);

        // The target finds it done, and it was not done before the push: so the process that was cut off did it.
        return hasBegun && result.Status == StepStatus.Skipped ? result with { Status = StepStatus.Succeeded } : result;
    }

    private bool Ignores(IDeployTarget? target) => deploy is { Count: > 0 } && target is not CustomTarget;

    [JsonSerializable(typeof(Release))]
    [JsonSerializable(typeof(bool))]
    private sealed partial class PushJson : JsonSerializerContext;
}
