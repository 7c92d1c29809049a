using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Stores;

/// <summary>Waits for the answer to a question, which may have come while no process waited.</summary>
internal static class AnswerWait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <param name="find">Looks for the answer.</param>
    /// <param name="clock">The clock of the looks, four in a second.</param>
    /// <param name="cancellationToken">Canceled when the question is over.</param>
    public static async ValueTask<Decision> ForAsync(Func<CancellationToken, Task<Decision?>> find, TimeProvider clock, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await find(cancellationToken).ConfigureAwait(false) is { } answer)
            {
                return answer;
            }

            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
