using System.Globalization;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>How a line goes together with what was read before.</summary>
internal enum LogJoin
{
    /// <summary>It is new.</summary>
    New,

    /// <summary>It was read before.</summary>
    Known,

    /// <summary>Nobody can tell what came before it: the log has to be read from its buffer again.</summary>
    Doubtful,
}

/// <summary>
/// Joins what the sessions of one window say. A session that went on after a break joins by the numbers of its lines; a new one
/// begins in the log's buffer, and joins where its lines are younger than the last one that was read.
/// </summary>
internal sealed class LogSeam(DateTimeOffset from)
{
    private LogLine? _last;
    private int _lastsOfSameTime;

    // Of the session that is open.
    private string? _resumedAfter;
    private DateTimeOffset _openedAt;
    private DateTimeOffset _first;
    private bool _isFirstSession = true;
    private int _number;
    private int _toSkip;

    /// <summary>What is missing before the line that was joined last; null for nothing.</summary>
    public LogLine? Gap { get; private set; }

    public static string BufferIsShort(DateTimeOffset oldest) =>
        $"the platform keeps {LogSession.MostLines} lines, and the oldest is of {oldest:O}, after the window began";

    /// <summary>A session is opened.</summary>
    /// <param name="now">When.</param>
    /// <param name="resumedAfter">The id after which it goes on; null for a new session.</param>
    public void Open(DateTimeOffset now, string? resumedAfter)
    {
        _resumedAfter = resumedAfter;
        _openedAt = now;
        _isFirstSession = _last is null;
        _number = 0;
        _toSkip = _last is null || resumedAfter is not null ? 0 : _lastsOfSameTime;
    }

    /// <summary>Takes the next line of the session.</summary>
    public LogJoin Join(LogLine line, string? id)
    {
        Gap = null;
        _number++;
        if (_number == 1)
        {
            _first = line.At;
            if (_resumedAfter is not null && !Follows(id, _resumedAfter))
            {
                return LogJoin.Doubtful;
            }
        }

        if (_number == LogSession.MostLines && _isFirstSession && line.At < _openedAt && _first > from)
        {
            Gap = LogLine.Gap(from, BufferIsShort(_first));
        }

        if (_resumedAfter is null && _last is not null)
        {
            if (line.At < _last.At || (line.At == _last.At && _toSkip-- > 0))
            {
                return LogJoin.Known;
            }

            if (_number == 1)
            {
                // The first line of the buffer is a new one: something may have been pushed out before it.
                Gap = LogLine.Gap(_last.At, $"the session broke off, and the platform kept nothing between {_last.At:O} and {line.At:O}");
            }
        }

        _lastsOfSameTime = _last is not null && _last.At == line.At ? _lastsOfSameTime + 1 : 1;
        _last = line;
        return LogJoin.New;
    }

    private static bool Follows(string? id, string before) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var next)
        && long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out var last)
        && next == last + 1;
}
