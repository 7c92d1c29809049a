namespace Wercker.Pipeline.Decisions;

/// <summary>Asks several at once.</summary>
internal sealed class FirstDecision(IReadOnlyList<IDecisionProvider> providers) : IDecisionProvider
{
    /// <inheritdoc />
    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = providers.Select(provider => AskAsync(provider, request, over.Token)).ToList();
        try
        {
            Task<Decision> last;
            do
            {
                last = await Task.WhenAny(asked).ConfigureAwait(false);
                asked.Remove(last);
            }
            while (!last.IsCompletedSuccessfully && asked.Count > 0);

            return await last.ConfigureAwait(false);
        }
        finally
        {
            // The others clean up: a file is taken away, a prompt withdrawn. What goes wrong with that is no news any more.
            await over.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(asked)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One that throws at once is no different from one that throws later. A choice that was not offered must not end the others.</summary>
    private static async Task<Decision> AskAsync(IDecisionProvider provider, DecisionRequest request, CancellationToken cancellationToken)
    {
        var decision = await provider.DecideAsync(request, cancellationToken).ConfigureAwait(false);
        return request.Choices.Contains(decision.Choice)
            ? decision
            : throw new InvalidOperationException($"{decision.By} answered {DecisionWords.Of(decision.Choice)}, which was not offered.");
    }
}
