namespace Wercker.Pipeline;

/// <summary>The waiting between two looks at something: short at first, longer later, over at a deadline.</summary>
internal sealed class Patience(TimeProvider clock, TimeSpan limit)
{
    /// <summary>The longest pause for what is near and does not count how often it is asked.</summary>
    public static readonly TimeSpan Near = TimeSpan.FromSeconds(1);

    private readonly long _startedAt = clock.GetTimestamp();
    private TimeSpan _next = TimeSpan.FromMilliseconds(100);

    public TimeSpan Limit => limit;

    /// <summary>The longest pause between two looks.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Waits for the next look.</summary>
    /// <returns>False when the deadline has passed.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var left = limit - clock.GetElapsedTime(_startedAt);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        var pause = _next < left ? _next : left;
        _next = _next * 1.5 < Longest ? _next * 1.5 : Longest;
        await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>A time as people say it.</summary>
    public static string Words(TimeSpan time) => time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds";
}
