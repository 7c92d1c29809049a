namespace Wercker.Pipeline.Decisions;

/// <summary>Gets the decisions that a deployment waits for: from a person at a terminal, from a file, over a webhook, from a rule.</summary>
/// <remarks>The pipeline journals questions and decisions, keeps the deadline and sees to it that nothing is decided twice. A provider only asks.</remarks>
public interface IDecisionProvider
{
    /// <summary>Asks, and waits until somebody has decided.</summary>
    /// <param name="request">
    /// The question. After a restart the same one comes again, with the same id: a provider that remembers must not ask a second time what it was told.
    /// Several may be open at once.
    /// </param>
    /// <param name="cancellationToken">Canceled when the question is over: it was due, or the deployment was canceled or decided otherwise.</param>
    /// <returns>
    /// The decision. A choice that was not offered counts as no answer and the default is taken, as it is when the method throws; the report says so.
    /// </returns>
    ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken);
}
