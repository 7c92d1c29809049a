using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Stores;

/// <summary>Waits for the answer to a question, which may have come while no process waited.</summary>
internal static class AnswerWait
{
    /// <param name="find">Looks for the answer.</param>
    /// <param name="pause">Waits until it is time for another look.</param>
    /// <param name="cancellationToken">Canceled when the question is over.</param>
    public static async ValueTask<Decision> ForAsync(Func<CancellationToken, Task<Decision?>> find, Func<CancellationToken, Task> pause, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await find(cancellationToken).ConfigureAwait(false) is { } answer)
            {
                return answer;
            }

            await pause(cancellationToken).ConfigureAwait(false);
        }
    }
}
