using System.Globalization;
using System.Text;
using System.Text.Json;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Logs.Lines;

namespace Wercker.Pipeline.Ssh.Logs;

/// <summary>Makes entries of what the script of a host's log prints, those of the window that match.</summary>
/// <param name="host">The host's name.</param>
/// <param name="query">What is asked for.</param>
/// <param name="beginning">The line before each file; null for a journal.</param>
internal sealed class LogLines(string host, SourceQuery query, string? beginning)
{
    private readonly List<LogEntry> _entries = [];
    private readonly System.Text.RegularExpressions.Regex? _filter = EntryAssembler.FilterOf(query);
    private EntryAssembler? _file;
    private string? _untimed;

    /// <summary>Takes the next line.</summary>
    public void Take(string line)
    {
        if (beginning is null)
        {
            TakeJournal(line);
        }
        else if (line.StartsWith(beginning, StringComparison.Ordinal))
        {
            EndFile();

            // Each file has its own way of writing times.
            _file = new EntryAssembler(new LineClock(TimeZoneInfo.Utc), query, _filter);
            _untimed = line[beginning.Length..];
        }
        else if (_file?.Add(line) is { } entry)
        {
            Add(entry);
        }
    }

    /// <summary>The entries, and what could not be seen.</summary>
    /// <exception cref="SshException">No line of a file said when it was written.</exception>
    public IReadOnlyList<LogEntry> End(IEnumerable<string> cut)
    {
        EndFile();
        return [.. cut.Select(file => new LogEntry(query.From, $"only the end of {file} was read: it is too large", host) { Lost = true }), .. _entries];
    }

    private void EndFile()
    {
        if (_file?.Complete() is { } last)
        {
            Add(last);
        }

        if (_file is { HasSeenTime: false, HasSeenOrphan: true })
        {
            throw new SshException(host, $"no line of {_untimed} says when it was written, so nobody can tell which are of the time in question. Have the application write ISO 8601 times.");
        }
    }

    private void TakeJournal(string line)
    {
        // What journalctl itself has to say is no JSON.
        if (line.Length == 0 || line[0] != '{')
        {
            return;
        }

        using var json = JsonDocument.Parse(line);
        if (json.RootElement.TryGetProperty("__REALTIME_TIMESTAMP", out var stamp) && long.TryParse(stamp.GetString(), CultureInfo.InvariantCulture, out var microseconds)
            && json.RootElement.TryGetProperty("MESSAGE", out var message)
            && DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds) is var at && at >= query.From && at < query.Until)
        {
            // What is no UTF-8, journald writes as an array of bytes.
            var text = message.ValueKind == JsonValueKind.Array ? Encoding.UTF8.GetString([.. message.EnumerateArray().Select(one => one.GetByte())]) : message.GetString() ?? string.Empty;
            if (_filter?.IsMatch(text) != false)
            {
                Add(new LogEntry(at, text));
            }
        }
    }

    private void Add(LogEntry entry) => _entries.Add(entry with { Origin = host });
}
