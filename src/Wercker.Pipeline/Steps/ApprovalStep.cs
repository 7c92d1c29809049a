using System.Text.Json.Nodes;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Steps;

/// <summary>Waits until somebody lets the deployment pass. Nobody's answer is no.</summary>
/// <param name="question">What is asked.</param>
/// <param name="within">How long to wait.</param>
internal sealed class ApprovalStep(string question, TimeSpan within) : IDeployStep
{
    private readonly TimeSpan _within = DecisionWords.CheckPatience(within);

    /// <inheritdoc />
    /// <remarks>The question is asked again, with what is left of its time; once there is a decision, it counts.</remarks>
    public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public StepForecast Forecast(DeployPlanContext context) => StepForecast.Runs($"wait up to {DurationText.Of(_within)} for an approval; without one it fails: {question}");

    /// <inheritdoc />
    public async ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var decision = await context.PassGateAsync(question, _within, cancellationToken).ConfigureAwait(false);
        var evidence = new Evidence("decision", DecisionWords.Of(decision))
        {
            Data = new JsonObject { ["question"] = question, ["choice"] = DecisionWords.Of(decision.Choice), ["by"] = decision.By, ["reason"] = decision.Reason },
        };
        var why = decision.Reason is { } reason ? $": {reason}" : string.Empty;
        return decision.Choice == DecisionChoice.Approve
            ? StepResult.Succeeded($"approved by {decision.By}{why}", evidence)
            : StepResult.Failed($"rejected by {decision.By}{why}", evidence);
    }
}
