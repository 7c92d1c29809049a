namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>The events, each found only some time after it arrived.</summary>
internal sealed class LogglyIndex(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly List<(LogglyEvent Event, DateTimeOffset Arrived)> _events = [];

    public TimeSpan Lag { get; set; }

    public void Add(LogglyEvent one, DateTimeOffset arrived)
    {
        lock (_gate)
        {
            _events.Add((one, arrived));
        }
    }

    /// <summary>Finds events; both ends of the window count, as Loggly has it.</summary>
    public List<LogglyEvent> Find(LogglyQuery query, DateTimeOffset from, DateTimeOffset until, bool ascending)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            var found = _events.Where(one => (one.Arrived == DateTimeOffset.MinValue || one.Arrived + Lag <= now) && one.Event.At >= from && one.Event.At <= until && query.Matches(one.Event)).Select(one => one.Event);
            return [.. ascending ? found.OrderBy(one => one.At) : found.OrderByDescending(one => one.At)];
        }
    }
}
