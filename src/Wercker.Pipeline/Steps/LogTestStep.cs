using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Steps;

/// <summary>A few minutes after the deployment, asks the logs whether errors have occurred.</summary>
/// <param name="test">What to ask.</param>
internal sealed class LogTestStep(LogTest test) : IDeployStep
{
    private const string NoSource = "no log source is configured";
    private readonly DelayedWindow _window = new(test.Delay, test.Past);

    /// <inheritdoc />
    /// <remarks>Asking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var checks = ChecksFor(context.Target);
        return checks.Count == 0
            ? StepForecast.Skips(NoSource)
            : StepForecast.Runs($"after {DurationText.Of(test.Delay)} ask {string.Join(", ", checks.Select(check => check.Title))}");
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var checks = ChecksFor(context.TargetIfAny);
        if (checks.Count == 0)
        {
            return StepResult.Skipped(NoSource);
        }

        // In a flow of one's own, without a push that noted it, the deployment's logs end here.
        await MarkAsync(test, context, cancellationToken).ConfigureAwait(false);
        var window = await _window.OpenAsync(context, cancellationToken).ConfigureAwait(false);
        return await new LogExamination(test, checks, window, context).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes where logs end that can be told apart by nothing else, before the deployment changes anything.</summary>
    public static async ValueTask MarkAsync(LogTest test, DeployContext context, CancellationToken cancellationToken)
    {
        foreach (var source in test.Checks.Select(check => check.Source).OfType<IBoundLogSource>().Distinct())
        {
            await source.MarkAsync(context, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What the author asks for, and the errors that the target's own log knows of.</summary>
    private List<LogCheck> ChecksFor(object? target) =>
        target is ILogSource { ErrorQuery: { } errors } log && !test.Checks.Any(check => check.Query == errors)
            ? [.. test.Checks, new LogCheck(LogCheckKind.Limit, log, errors) { Maximum = 0 }]
            : [.. test.Checks];
}
