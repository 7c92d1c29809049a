namespace Wercker.Pipeline.Logs.Signatures;

/// <summary>Joins the lines of a stack trace to the line that they belong to, for sources that give each line as an entry of its own.</summary>
internal sealed class EventJoiner
{
    private const int MostOrigins = 64;
    private const int MostLines = 200;
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, Event> _events = new(StringComparer.Ordinal);
    private readonly Event _ofNobody = new();

    /// <summary>Takes the next entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="take">Takes an event that is complete: its first entry, and those that go on with it.</param>
    public void Add(LogEntry entry, Action<LogEntry, IReadOnlyList<LogEntry>> take)
    {
        var open = OpenOf(entry.Origin, take);
        if (open.First is not null && IsContinuation(entry.Message) && entry.At - open.LastAt < LongestGap)
        {
            open.LastAt = entry.At;
            if (open.More.Count < MostLines)
            {
                open.More.Add(entry);
            }

            return;
        }

        Complete(open, take);
        (open.First, open.LastAt) = (entry, entry.At);
    }

    /// <summary>Ends all events.</summary>
    public void Flush(Action<LogEntry, IReadOnlyList<LogEntry>> take)
    {
        Complete(_ofNobody, take);
        foreach (var open in _events.Values)
        {
            Complete(open, take);
        }
    }

    private Event OpenOf(string? origin, Action<LogEntry, IReadOnlyList<LogEntry>> take)
    {
        if (origin is null)
        {
            return _ofNobody;
        }

        if (_events.TryGetValue(origin, out var open))
        {
            return open;
        }

        if (_events.Count >= MostOrigins)
        {
            Flush(take);
            _events.Clear();
        }

        return _events[origin] = new Event();
    }

    private static void Complete(Event open, Action<LogEntry, IReadOnlyList<LogEntry>> take)
    {
        if (open.First is { } first)
        {
            take(first, open.More);
        }

        open.First = null;
        open.More.Clear();
    }

    /// <summary>Frames are indented or begin with "at"; behind them come causes, and in some languages the exception itself. An entry of several lines stands alone.</summary>
    private static bool IsContinuation(ReadOnlySpan<char> line) =>
        line.IsEmpty || line[0] is ' ' or '\t' || (!line.Contains('\n') && IsPartOfTrace(line));

    private static bool IsPartOfTrace(ReadOnlySpan<char> line) =>
        line.StartsWith("at ", StringComparison.Ordinal) || line.StartsWith("Caused by:", StringComparison.Ordinal) || line.StartsWith("... ", StringComparison.Ordinal)
        || line.StartsWith("Traceback ", StringComparison.Ordinal) || !ExceptionName.AtStartOf(line).IsEmpty;

    private sealed class Event
    {
        public LogEntry? First { get; set; }

        public DateTimeOffset LastAt { get; set; }

        public List<LogEntry> More { get; } = [];
    }
}
