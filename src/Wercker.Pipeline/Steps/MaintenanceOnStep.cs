using System.Text.Json.Serialization;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Steps;

/// <summary>Switches maintenance on, remembering how it was found. Its undo, and the Restart step, put it back as found.</summary>
internal sealed partial class MaintenanceOnStep : IReversibleStep
{
    private const string NotSupported = "the target has no maintenance mode";

    /// <summary>Whether maintenance was on when the deployment found the target.</summary>
    internal static readonly ContextKey<bool> FoundOn = new("wercker.maintenance.found", MaintenanceJson.Default.Boolean);

    /// <inheritdoc />
    /// <remarks>Asks the target: how it was found is journaled before maintenance is switched.</remarks>
    public async ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Target is IMaintenance maintenance && context.TryGet(FoundOn, out _)
            && await maintenance.GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false)
                ? StepResult.Succeeded("maintenance is on")
                : null;
    }

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Target is IMaintenance ? StepForecast.Runs("switch maintenance on") : StepForecast.Skips(NotSupported);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Target is not IMaintenance maintenance)
        {
            return StepResult.Skipped(NotSupported);
        }

        if (await maintenance.FindMaintenanceObstacleAsync(context, cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            return StepResult.Skipped(obstacle);
        }

        // A second try must not take for the state it found what the first one switched.
        if (!context.TryGet(FoundOn, out var found))
        {
            found = await maintenance.GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false);

            // Remembered before it is switched: a process that dies in between leaves behind how it was.
            await context.SetAsync(FoundOn, found, cancellationToken).ConfigureAwait(false);
        }

        if (found)
        {
            return StepResult.Succeeded("maintenance was on already and will stay on");
        }

        await maintenance.SetMaintenanceAsync(context, true, cancellationToken).ConfigureAwait(false);
        return StepResult.Succeeded("maintenance is on");
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await PutBackAsync(context, cancellationToken).ConfigureAwait(false) is { } message
            ? StepResult.Succeeded(message)
            : StepResult.Skipped("maintenance is as it was found");
    }

    /// <summary>Puts maintenance back as found; null when it is.</summary>
    internal static async ValueTask<string?> PutBackAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (context.Target is not IMaintenance maintenance || !context.TryGet(FoundOn, out var found)
            || await maintenance.GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false) == found)
        {
            return null;
        }

        await maintenance.SetMaintenanceAsync(context, found, cancellationToken).ConfigureAwait(false);
        return $"maintenance is {(found ? "on" : "off")} again, as it was found";
    }

    [JsonSerializable(typeof(bool))]
    private sealed partial class MaintenanceJson : JsonSerializerContext;
}
