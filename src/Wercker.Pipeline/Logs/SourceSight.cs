using Wercker.Pipeline.Logs.Lines;

namespace Wercker.Pipeline.Logs;

/// <summary>What all checks of one source share: when it may be read, whether its canary arrived, whether it is alive.</summary>
internal sealed class SourceSight(ILogSource source, LogTest test, TestWindow window)
{
    // Clocks of applications and of log services differ a little.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private const int WindowsOfBaseline = 60;
    private static readonly TimeSpan ShortestBaseline = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan WholeFile = TimeSpan.FromDays(3650);
    private readonly Lock _gate = new();
    private Task<bool>? _alive;
    private Task<bool>? _wasAlive;

    /// <summary>The source, bound to the deployment.</summary>
    public ILogSource Source => source;

    /// <summary>True when a canary was sent and seen, false when it was sent and not seen, null when none was sent.</summary>
    public bool? CanaryArrived { get; private set; }

    /// <summary>The time before the deployment that signatures are compared with.</summary>
    public DateTimeOffset BaselineFrom => window.Before - (test.Baseline ?? (source is LogFile
        ? WholeFile
        : TimeSpan.FromTicks(Math.Max(window.Length.Ticks * WindowsOfBaseline, ShortestBaseline.Ticks))));

    /// <summary>Waits until the source may have everything of the window: the canary arrived, or the time to settle is over.</summary>
    /// <param name="canary">The word to look for; null when none was sent.</param>
    /// <param name="sent">When it was sent.</param>
    /// <param name="context">The running deployment.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task SettleAsync(string? canary, DateTimeOffset sent, DeployContext context, CancellationToken cancellationToken)
    {
        if (canary is null)
        {
            await TestWindow.WaitAsync(window.Until + (test.Settling ?? source.Lag), context, cancellationToken).ConfigureAwait(false);
            return;
        }

        var deadline = sent + test.Bird!.Deadline;
        while (!(CanaryArrived = await ShowsAsync(canary, sent, deadline, cancellationToken).ConfigureAwait(false)).Value)
        {
            var now = context.TimeProvider.GetUtcNow();
            if (now >= deadline)
            {
                return;
            }

            await TestWindow.WaitAsync(now + Pause < deadline ? now + Pause : deadline, context, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when the source showed any line in the window.</summary>
    public Task<bool> IsAliveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _alive ??= LogReading.IsAliveAsync(source, window.From, window.Until, cancellationToken);
        }
    }

    /// <summary>True when the source showed any line in the time before the deployment.</summary>
    public Task<bool> WasAliveAsync(DateTimeOffset from, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _wasAlive ??= LogReading.IsAliveAsync(source, from, window.Before, cancellationToken);
        }
    }

    private async Task<bool> ShowsAsync(string canary, DateTimeOffset sent, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in source.ReadAsync(new SourceQuery(canary, sent - Skew, deadline + Skew), cancellationToken).ConfigureAwait(false))
            {
                if (entry.Message.Contains(canary, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It may answer in a moment. If not, the checks say why, for they ask it too.
        }

        return false;
    }
}
