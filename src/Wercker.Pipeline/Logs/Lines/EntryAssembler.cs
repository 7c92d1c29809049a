using System.Text;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>Makes entries of lines: a line without a time goes on with the entry before it, as the lines of a stack trace do.</summary>
/// <param name="clock">Finds the time of a line.</param>
/// <param name="query">The window.</param>
/// <param name="filter">What an entry must match; null for all.</param>
/// <param name="untimed">The time of lines in a log that has no times; null for a log that has.</param>
internal sealed class EntryAssembler(LineClock clock, SourceQuery query, Regex? filter, DateTimeOffset? untimed = null)
{
    // A stack trace is shorter, and its end tells nothing new.
    private const int LongestEntry = 64 * 1024;
    private readonly StringBuilder _more = new();
    private DateTimeOffset _at;
    private string? _first;

    /// <summary>True after a line with a time.</summary>
    public bool HasSeenTime { get; private set; }

    /// <summary>True after a line that belongs to no entry, because none before it has a time.</summary>
    public bool HasSeenOrphan { get; private set; }

    /// <summary>The query as a regular expression; null when it asks for everything.</summary>
    public static Regex? FilterOf(SourceQuery query) =>
        query.Text.Length == 0 ? null : LogPattern.Compile(query.Text, "The query of the log", RegexOptions.IgnoreCase);

    /// <summary>Takes the next line.</summary>
    /// <returns>The entry that ended with the line before, when it is asked for.</returns>
    public LogEntry? Add(ReadOnlySpan<char> line)
    {
        if (line.IsWhiteSpace())
        {
            return null;
        }

        if (untimed is { } time)
        {
            return IsContinuation(line) && _first is not null ? GoOn(line) : Begin(time, line.ToString());
        }

        if (!clock.TryRead(line, query.Until, out var at, out var text))
        {
            HasSeenOrphan |= !HasSeenTime;
            return GoOn(line);
        }

        HasSeenTime = true;
        return at >= query.From && at < query.Until ? Begin(at, line[text..].ToString()) : Complete();
    }

    /// <summary>Ends the last entry.</summary>
    /// <returns>The entry, when it is asked for.</returns>
    public LogEntry? Complete()
    {
        if (_first is null)
        {
            return null;
        }

        var message = _more.Length == 0 ? _first : string.Concat(_first, _more.ToString());
        _first = null;
        _more.Clear();
        return filter?.IsMatch(message) == false ? null : new LogEntry(_at, message);
    }

    private LogEntry? Begin(DateTimeOffset at, string text)
    {
        var completed = Complete();
        (_at, _first) = (at, text);
        return completed;
    }

    private LogEntry? GoOn(ReadOnlySpan<char> line)
    {
        if (_first is not null && _more.Length + line.Length < LongestEntry)
        {
            _more.Append('\n').Append(line);
        }

        return null;
    }

    private static bool IsContinuation(ReadOnlySpan<char> line) => line[0] is ' ' or '\t' || line.StartsWith("Caused by:", StringComparison.Ordinal);
}
