namespace Wercker.Pipeline.Tests.LeaseModel;

/// <summary>A wall clock that somebody sets; time itself goes on evenly, as it does on a machine whose clock is set.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private long _offset;

    public void Jump(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offset));
}
