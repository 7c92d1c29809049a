using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Ssh.Logs;

/// <summary>Makes entries of the lines of a host's log, those of the window that match.</summary>
internal sealed partial class LogLines(string host, SourceQuery query, Regex? pattern, bool isJournal)
{
    private readonly List<LogEntry> _entries = [];
    private DateTimeOffset? _at;
    private bool _sawText;

    public void Take(string line)
    {
        if (line.Length == 0)
        {
            return;
        }

        _sawText = true;
        if (isJournal)
        {
            TakeJournal(line);
            return;
        }

        if (LogTime.TryRead(line, out var at))
        {
            _at = at;
        }

        if (_at is { } time)
        {
            Add(time, line, host);
        }
    }

    /// <summary>The entries, and what could not be seen.</summary>
    /// <exception cref="SshException">No line said when it was written.</exception>
    public IReadOnlyList<LogEntry> End(IEnumerable<string> cut)
    {
        if (_sawText && _at is null)
        {
            throw new SshException(host, "no line of its log says when it was written, so nobody can tell which are of the time in question. Have the application write ISO 8601 times.");
        }

        return [.. cut.Select(file => new LogEntry(query.From, $"only the end of {file} was read: it is too large", host) { Lost = true }), .. _entries];
    }

    private void TakeJournal(string line)
    {
        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("__REALTIME_TIMESTAMP", out var stamp) && long.TryParse(stamp.GetString(), CultureInfo.InvariantCulture, out var microseconds)
            && json.RootElement.TryGetProperty("MESSAGE", out var message))
        {
            _at = DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);

            // What is no UTF-8, journald writes as an array of bytes.
            var text = message.ValueKind == JsonValueKind.Array
                ? System.Text.Encoding.UTF8.GetString([.. message.EnumerateArray().Select(one => one.GetByte())])
                : message.GetString() ?? string.Empty;
            Add(_at.Value, text, host);
        }
    }

    private void Add(DateTimeOffset at, string text, string origin)
    {
        if (at >= query.From && at < query.Until && pattern?.IsMatch(text) != false)
        {
            _entries.Add(new LogEntry(at, text, origin));
        }
    }
}

/// <summary>Finds out when a line was written.</summary>
internal static partial class LogTime
{
    private static readonly string[] Apache = ["dd/MMM/yyyy:HH:mm:ss zzz"];

    public static bool TryRead(string line, out DateTimeOffset at)
    {
        if (Iso().Match(line) is { Success: true } iso)
        {
            var zone = iso.Groups["zone"].Value;
            var text = $"{iso.Groups["date"].Value.Replace('/', '-')}T{iso.Groups["time"].Value.Replace(',', '.')}{(zone.Length == 0 ? "Z" : zone)}";
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out at);
        }

        at = default;
        return Clf().Match(line) is { Success: true } clf
            && DateTimeOffset.TryParseExact(clf.Groups[1].Value.Insert(clf.Groups[1].Length - 2, ":"), Apache, CultureInfo.InvariantCulture, DateTimeStyles.None, out at);
    }

    [GeneratedRegex("""^[\["{a-z:= ]{0,12}(?<date>[0-9]{4}[-/][0-9]{2}[-/][0-9]{2})[T ](?<time>[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,7})?)[0-9]* ?(?<zone>Z|[+-][0-9]{2}:?[0-9]{2})?""", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();

    [GeneratedRegex(@"\[([0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{4})\]", RegexOptions.CultureInvariant)]
    private static partial Regex Clf();
}
