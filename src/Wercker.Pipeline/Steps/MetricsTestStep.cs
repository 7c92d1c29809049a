using Wercker.Pipeline.Metrics;

namespace Wercker.Pipeline.Steps;

/// <summary>A few minutes after the deployment, asks the metrics whether the application is well. The simplest sign is its heartbeat.</summary>
/// <param name="test">What to ask.</param>
internal sealed class MetricsTestStep(MetricsTest test) : IDeployStep
{
    private const string NoCheck = "no metric source is configured";
    private readonly MetricsTest _test = test.Validated();
    private readonly DelayedWindow _window = new(test.Delay, test.Past);

    /// <inheritdoc />
    /// <remarks>Asking twice does no harm.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context) => _test.Checks.Count == 0
        ? StepForecast.Skips(NoCheck)
        : StepForecast.Runs($"after {DurationText.Of(_test.Delay)} ask {string.Join("; ", _test.Checks.Select(one => one.Check.Name))}");

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (_test.Checks.Count == 0)
        {
            return StepResult.Skipped(NoCheck);
        }

        var window = await _window.OpenAsync(context, cancellationToken).ConfigureAwait(false);

        // A failed check ends the others: nothing that they could still see would save the deployment.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var answers = await Task.WhenAll(_test.Checks.Select(async one =>
        {
            var answer = await AskAsync(one.Check, one.Role, window, context, ending.Token).ConfigureAwait(false);
            if (answer is { Role: CheckRole.Critical, Result.Status: StepStatus.Failed })
            {
                await ending.CancelAsync().ConfigureAwait(false);
            }

            return answer;
        })).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return MetricsVerdict.Of(answers, _test.Policy, window);
    }

    private static async ValueTask<MetricAnswer> AskAsync(IMetricCheck check, CheckRole role, TestWindow window, DeployContext context, CancellationToken cancellationToken)
    {
        try
        {
            var result = await check.JudgeAsync(window, context, cancellationToken).ConfigureAwait(false);
            return new MetricAnswer(check.Name, role, result switch
            {
                null => throw new InvalidOperationException($"The check '{check.Name}' answered with null instead of a verdict."),
                { Status: StepStatus.Succeeded, Evidence.Count: 0 } => StepResult.Inconclusive("it says that it passed, and shows no evidence"),
                _ => result,
            });
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            return new MetricAnswer(check.Name, role, new StepResult { Status = StepStatus.Canceled, Message = "ended before it could judge", Exception = e });
        }
        catch (Exception e)
        {
            return new MetricAnswer(check.Name, role, new StepResult { Status = StepStatus.Error, Message = e.Message, Exception = e });
        }
    }
}
