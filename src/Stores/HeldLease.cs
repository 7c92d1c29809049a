using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Stores;

/// <summary>A lease that shows it is alive by beating. It is lost when the store says so, or when the store could not be asked for as long as it lasts.</summary>
internal sealed class HeldLease : IDeploymentLease
{
    private readonly ILeaseHold _hold;
    private readonly TimeSpan _duration;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private long _provenAt;
    private bool _isReleased;

    /// <summary>Begins to beat.</summary>
    /// <param name="hold">What the store knows of it.</param>
    /// <param name="token">Its fencing token.</param>
    /// <param name="duration">How long it lasts without a beat.</param>
    /// <param name="takenAt">When it was asked for, by the clock's monotonic time: it lasts at least from then.</param>
    /// <param name="clock">The clock.</param>
    public HeldLease(ILeaseHold hold, long token, TimeSpan duration, long takenAt, TimeProvider clock)
    {
        _hold = hold;
        _duration = duration;
        _clock = clock;
        FencingToken = token;
        Lost = _lost.Token;
        _provenAt = takenAt;
        _timer = clock.CreateTimer(_ => _ = BeatAsync(), null, duration / 3, duration / 3);
    }

    public long FencingToken { get; }

    public CancellationToken Lost { get; }

    public async ValueTask<bool> CheckAsync(CancellationToken cancellationToken)
    {
        await BeatAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return !Lost.IsCancellationRequested;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isReleased)
            {
                _isReleased = true;
                await _hold.ReleaseAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task BeatAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isReleased || _lost.IsCancellationRequested)
            {
                return;
            }

            var askedAt = _clock.GetTimestamp();
            if (await _hold.BeatAsync().ConfigureAwait(false) is { } held)
            {
                _provenAt = held ? askedAt : _provenAt;
                if (!held)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                }
            }
            else if (_clock.GetElapsedTime(_provenAt) > _duration)
            {
                // The store cannot be asked, so by now it may have been given to somebody else.
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A lease in a store.</summary>
internal interface ILeaseHold
{
    /// <summary>Shows that the owner is alive.</summary>
    /// <returns>True when it is still held, false when it is not, null when the store cannot be asked.</returns>
    Task<bool?> BeatAsync();

    /// <summary>Gives it back; where that cannot be done, nobody beats any more, so whoever waits for it gets it.</summary>
    Task ReleaseAsync();
}
