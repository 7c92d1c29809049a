namespace Wercker.Pipeline.Docker.Services;

/// <summary>The waiting between two looks at the engine, until a deadline.</summary>
internal sealed class Patience(TimeProvider clock, TimeSpan limit)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private readonly long _startedAt = clock.GetTimestamp();
    private TimeSpan _next = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the next look.</summary>
    /// <returns>False when the deadline has passed.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (clock.GetElapsedTime(_startedAt) >= limit)
        {
            return false;
        }

        await Task.Delay(_next, clock, cancellationToken).ConfigureAwait(false);
        _next = _next * 1.5 < Longest ? _next * 1.5 : Longest;
        return true;
    }

    /// <summary>A time as people say it.</summary>
    public static string Words(TimeSpan time) => time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds";
}
