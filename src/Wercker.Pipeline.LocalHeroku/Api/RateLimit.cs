namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>The account's pool of requests, refilled evenly.</summary>
internal sealed class RateLimit(TimeProvider time)
{
    private const double Capacity = 4500;
    private const double PerSecond = 4500 / 3600.0;

    private readonly Lock _lock = new();
    private double _tokens = Capacity;
    private long _last = time.GetTimestamp();

    public int Remaining
    {
        get
        {
            lock (_lock)
            {
                Refill();
                return (int)_tokens;
            }
        }
    }

    public bool TryTake()
    {
        lock (_lock)
        {
            Refill();
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }

    private void Refill()
    {
        long now = time.GetTimestamp();
        _tokens = Math.Min(Capacity, _tokens + (time.GetElapsedTime(_last, now).TotalSeconds * PerSecond));
        _last = now;
    }
}
