using System.Globalization;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Commands;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Steps;

/// <summary>Lets the application warm up, then runs the "post-deploy test" commands in the sandbox, on every kind of target.</summary>
/// <remarks>
/// The warm-up is WERCKER_POSTDEPLOY_WARMUP_SECONDS of the deployment's environment. Its end is journaled, so that a deployment that is
/// resumed waits only for what is left of it.
/// </remarks>
/// <param name="commands">The commands, in order.</param>
/// <param name="limits">How long a command may take; null for the defaults.</param>
public sealed partial class PostDeployTestStep(IReadOnlyList<WerckerCommand> commands, CommandLimits? limits = null) : IDeployStep
{
    /// <summary>The variable that holds the warm-up time, in seconds.</summary>
    public const string WarmUpVariable = "WERCKER_POSTDEPLOY_WARMUP_SECONDS";

    private static readonly ContextKey<DateTimeOffset> WarmAt = new("wercker.warmup.until", WarmUpJson.Default.DateTimeOffset);
    private readonly CommandsStep _commands = new("post-deploy test", commands, limits ?? new CommandLimits());

    /// <inheritdoc />
    /// <remarks>A test may be run twice.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var forecast = _commands.Forecast(null, "in the sandbox");
        return _commands.IsEmpty ? forecast : forecast with { Description = $"wait {WarmUp(context.Environment).TotalSeconds:0.###} s, then {forecast.Description}" };
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!_commands.IsEmpty && !context.HasFailed)
        {
            await WarmUpAsync(context, cancellationToken).ConfigureAwait(false);
        }

        return await _commands.RunAsync(context, null, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask WarmUpAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (!context.TryGet(WarmAt, out var until))
        {
            until = context.TimeProvider.GetUtcNow() + WarmUp(context.Environment);
            await context.SetAsync(WarmAt, until, cancellationToken).ConfigureAwait(false);
        }

        var left = until - context.TimeProvider.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            await context.Output.NoteAsync($"waiting {left.TotalSeconds:0.#} s for the application to warm up", cancellationToken).ConfigureAwait(false);
            await Task.Delay(left, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TimeSpan WarmUp(DeployEnvironment environment)
    {
        if (!environment.TryGet(WarmUpVariable, out var text))
        {
            return TimeSpan.Zero;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new ConfigurationException($"{WarmUpVariable} is '{text}': it must be a number of seconds from 0 to 86400.");
    }

    [JsonSerializable(typeof(DateTimeOffset))]
    private sealed partial class WarmUpJson : JsonSerializerContext;
}
