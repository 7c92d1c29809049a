using Microsoft.Extensions.Time.Testing;

namespace Wercker.Pipeline.Tests.Http;

/// <summary>A clock that stands still while a try runs, and jumps over the waits between two tries.</summary>
internal sealed class SteppingClock(TimeSpan interval, Action? betweenTries = null) : FakeTimeProvider(new DateTimeOffset(2013, 4, 19, 12, 0, 0, TimeSpan.Zero))
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == interval)
        {
            // Not on this thread: whoever waits does not have the timer yet.
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    betweenTries?.Invoke();
                    Advance(interval);
                },
                null);
        }

        return timer;
    }
}
