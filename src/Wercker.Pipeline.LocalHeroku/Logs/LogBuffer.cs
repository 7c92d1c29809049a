using System.Globalization;
using System.Threading.Channels;

namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>The newest lines of one app, and those who follow it.</summary>
internal sealed class LogBuffer(TimeProvider time, LocalHerokuFaults faults)
{
    private const int Capacity = 1500;
    private const int TailCapacity = 5000;

    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<LogTail> _tails = [];
    private long _number;
    private int _lost;
    private DateTimeOffset _lostSince;

    /// <summary>Tokens of the drains that exist, named when lines are lost.</summary>
    public Func<IEnumerable<string>> DrainTokens { get; set; } = static () => [];

    public void Append(string source, string process, string message)
    {
        lock (_lock)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (faults.Take(Fault.LoseLogLines))
            {
                _lostSince = _lost++ == 0 ? now : _lostSince;
                if (faults.Get(Fault.LoseLogLines) <= 0)
                {
                    TellLoss(now);
                }

                return;
            }

            Add(now, source, process, message);
        }
    }

    /// <summary>The newest matching lines, oldest first, and a tail of what comes after them when one is asked for.</summary>
    public (IReadOnlyList<LogLine> Backlog, LogTail? Tail) Read(LogFilter filter, int lines, long after, bool follow)
    {
        lock (_lock)
        {
            LogLine[] backlog = [.. _lines.Where(l => l.Number > after && filter.Matches(l)).TakeLast(lines)];
            LogTail? tail = null;
            if (follow)
            {
                tail = new LogTail(filter, TailCapacity, Remove);
                _tails.Add(tail);
            }

            return (backlog, tail);
        }
    }

    private void Remove(LogTail tail)
    {
        lock (_lock)
        {
            _tails.Remove(tail);
        }
    }

    private void Add(DateTimeOffset now, string source, string process, string message)
    {
        var line = new LogLine(++_number, now, source, process, message);
        if (_lines.Count == Capacity)
        {
            _lines.Dequeue();
        }

        _lines.Enqueue(line);
        foreach (LogTail tail in _tails)
        {
            tail.Offer(line);
        }
    }

    private void TellLoss(DateTimeOffset now)
    {
        string since = _lostSince.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+00:00";
        Add(now, "heroku", "logplex", $"Error L11 (Tail buffer overflow) -> This tail session dropped {_lost} messages since {since}.");
        foreach (string token in DrainTokens())
        {
            Add(now, "heroku", "logplex", $"Error L10 (output buffer overflow): drain '{token}' dropped {_lost} messages since {since}.");
        }

        _lost = 0;
    }
}

/// <summary>What one follower has not read yet. A follower that is too slow loses lines and is told so by L11.</summary>
internal sealed class LogTail(LogFilter filter, int capacity, Action<LogTail> remove) : IDisposable
{
    private readonly Channel<LogLine> _channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private int _dropped;
    private DateTimeOffset _droppedSince;

    public ChannelReader<LogLine> Lines => _channel.Reader;

    /// <summary>Called in the order of the lines, never by two threads at once.</summary>
    public void Offer(LogLine line)
    {
        if (!filter.Matches(line))
        {
            return;
        }

        if (_dropped > 0)
        {
            string since = _droppedSince.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+00:00";
            string message = $"Error L11 (Tail buffer overflow) -> This tail session dropped {_dropped} messages since {since}.";
            if (_channel.Writer.TryWrite(line with { Source = "heroku", Process = "logplex", Message = message }))
            {
                _dropped = 0;
            }
        }

        if (!_channel.Writer.TryWrite(line))
        {
            _droppedSince = _dropped++ == 0 ? line.Time : _droppedSince;
        }
    }

    public void Dispose() => remove(this);
}
