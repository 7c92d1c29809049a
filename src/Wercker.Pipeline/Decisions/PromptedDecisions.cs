namespace Wercker.Pipeline.Decisions;

/// <summary>Asks on a terminal.</summary>
internal sealed class PromptedDecisions(TextReader input, TextWriter output, string by) : IDecisionProvider
{
    private readonly SemaphoreSlim _terminal = new(1, 1);
    private Task<string?>? _line;

    /// <inheritdoc />
    public async ValueTask<Decision> DecideAsync(DecisionRequest request, CancellationToken cancellationToken)
    {
        await _terminal.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await output.WriteLineAsync($"{request.Question}\n  [{DecisionWords.Of(request.Choices)}] and a reason; {DecisionWords.OfDeadline(request)}").ConfigureAwait(false);
            while (true)
            {
                await output.WriteAsync("> ").ConfigureAwait(false);
                await output.FlushAsync(cancellationToken).ConfigureAwait(false);

                // A read from a terminal cannot be canceled, so one that nobody answered serves the next question.
                _line ??= Task.Run(input.ReadLine, CancellationToken.None);
                var line = await _line.WaitAsync(cancellationToken).ConfigureAwait(false);
                if (line is null)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                }

                _line = null;
                var words = line!.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (words is [var word, ..] && DecisionWords.Find(word, request.Choices) is { } choice)
                {
                    return new Decision(choice, by, words is [_, var reason] ? reason : null);
                }

                await output.WriteLineAsync($"Please type one of {DecisionWords.Of(request.Choices)}.").ConfigureAwait(false);
            }
        }
        finally
        {
            _terminal.Release();
        }
    }
}
