using System.Globalization;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Steps;

/// <summary>
/// Lets the application warm up, then asks it over HTTP which version answers and whether its answers are right, then runs the
/// "post-deploy test" commands in the sandbox, on every kind of target. HTTP tests come first, so that the commands test the new version.
/// </summary>
/// <remarks>
/// The warm-up is WERCKER_POSTDEPLOY_WARMUP_SECONDS of the deployment's environment. Its end is journaled, so that a deployment that is
/// resumed waits only for what is left of it.
/// </remarks>
/// <param name="commands">The commands, in order.</param>
/// <param name="tests">The HTTP tests, in order; null for none. The first one that does not succeed ends the step, except for commands that always run.</param>
/// <exception cref="ConfigurationException">An HTTP test makes no sense.</exception>
internal sealed partial class PostDeployTestStep(IReadOnlyList<WerckerCommand> commands, IReadOnlyList<HttpTest>? tests = null) : IDeployStep
{
    /// <summary>The variable that holds the warm-up time, in seconds.</summary>
    public const string WarmUpVariable = "WERCKER_POSTDEPLOY_WARMUP_SECONDS";

    /// <summary>The variable that tells commands that a roll back is tested, so that the version from before is the right one.</summary>
    public const string RolledBackVariable = "WERCKER_ROLLED_BACK";

    private const string NotRolledBack = "no release was rolled back";
    private static readonly ContextKey<DateTimeOffset> WarmAt = new("wercker.warmup.until", WarmUpJson.Default.DateTimeOffset);
    private static readonly ContextKey<DateTimeOffset> WarmAgainAt = new("wercker.warmup.rollback.until", WarmUpJson.Default.DateTimeOffset);
    private readonly CommandsStep _commands = new("post-deploy test", commands);
    private readonly HttpTestStep _http = new([.. (tests ?? []).Select(test => test.Checked())]);

    private bool IsEmpty => _commands.IsEmpty && _http.IsEmpty;

    /// <inheritdoc />
    /// <remarks>A test may be run twice.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var forecast = _commands.Forecast(null, "in the sandbox");
        if (IsEmpty)
        {
            return forecast;
        }

        string?[] parts = [$"wait {WarmUp(context.Environment).TotalSeconds:0.###} s", _http.IsEmpty ? null : _http.Forecast(context).Description, forecast.Description];
        return _http.Forecast(context) with { SkipReason = null, Description = string.Join(", then ", parts.OfType<string>()), Commands = forecast.Commands };
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.IsRolledBack)
        {
            if (IsEmpty || !context.TryGet(PushStep.RollingBack, out _))
            {
                return StepResult.Skipped(IsEmpty ? "there is no post-deploy test" : NotRolledBack);
            }
        }
        else if (IsEmpty || context.HasFailed)
        {
            return await _commands.RunAsync(context, null, cancellationToken).ConfigureAwait(false);
        }

        await WarmUpAsync(context, cancellationToken).ConfigureAwait(false);
        var answered = _http.IsEmpty ? null : await _http.ExecuteAsync(context, cancellationToken).ConfigureAwait(false);
        if (answered is null || _commands.IsEmpty)
        {
            return answered ?? await RunAsync(context, hasFailed: false, cancellationToken).ConfigureAwait(false);
        }

        var ran = await RunAsync(context, hasFailed: !answered.IsGood, cancellationToken).ConfigureAwait(false);
        return answered.IsGood
            ? ran with { Message = ran.IsGood ? $"{answered.Message}; {ran.Message}" : ran.Message, Evidence = ran.IsGood ? [.. answered.Evidence, .. ran.Evidence] : [.. ran.Evidence, .. answered.Evidence] }
            : answered with { Evidence = [.. answered.Evidence, .. ran.Evidence] };
    }

    /// <summary>Commands that look at the version learn that the old one is right, and which one that is, as far as the journal knows.</summary>
    private async ValueTask<StepResult> RunAsync(DeployContext context, bool hasFailed, CancellationToken cancellationToken)
    {
        if (context.IsRolledBack)
        {
            var shell = await context.OpenShellAsync(cancellationToken).ConfigureAwait(false);
            var commit = await context.FindPreviousCommitAsync(cancellationToken).ConfigureAwait(false) is { } before
                ? $" WERCKER_GIT_COMMIT='{before.Replace("'", "'\\''", StringComparison.Ordinal)}'"
                : string.Empty;
            await shell.RunAsync(new ShellCommand($"export {RolledBackVariable}=true{commit}"), context.Output, cancellationToken).ConfigureAwait(false);
        }

        return await _commands.RunAsync(context, null, hasFailed, cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask WarmUpAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var key = context.IsRolledBack ? WarmAgainAt : WarmAt;
        if (!context.TryGet(key, out var until))
        {
            until = context.TimeProvider.GetUtcNow() + WarmUp(context.Environment);
            await context.SetAsync(key, until, cancellationToken).ConfigureAwait(false);
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
