using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>Cuts what the engine gives of a log, "2026-03-01T12:00:00.000000000Z text", into the entries that are asked for.</summary>
internal sealed class LogLines(SourceQuery query, Regex? pattern)
{
    private readonly List<LogEntry> _found = [];

    /// <summary>The entries so far, the oldest first.</summary>
    public IEnumerable<LogEntry> Found => _found.OrderBy(entry => entry.At);

    /// <summary>Reads a log to its end.</summary>
    public async Task ReadAsync(MultiplexedStream stream, string origin, CancellationToken cancellationToken)
    {
        var buffer = new byte[81920];
        var rests = new Dictionary<MultiplexedStream.TargetStream, MemoryStream>();
        while (await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false) is { Count: > 0 } read)
        {
            if (!rests.TryGetValue(read.Target, out var rest))
            {
                rests[read.Target] = rest = new MemoryStream();
            }

            var bytes = buffer.AsMemory(0, read.Count);
            for (var end = bytes.Span.IndexOf((byte)'\n'); end >= 0; end = bytes.Span.IndexOf((byte)'\n'))
            {
                rest.Write(bytes.Span[..end]);
                Take(rest, origin);
                bytes = bytes[(end + 1)..];
            }

            rest.Write(bytes.Span);
        }

        foreach (var rest in rests.Values.Where(rest => rest.Length > 0))
        {
            Take(rest, origin);
        }
    }

    private void Take(MemoryStream line, string origin)
    {
        var text = Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
        line.SetLength(0);
        var blank = text.IndexOf(' ', StringComparison.Ordinal);
        var (time, message) = blank < 0 ? (text, string.Empty) : (text[..blank], text[(blank + 1)..]);
        if (!DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at))
        {
            throw new DockerServiceException($"The log of {origin} has a line without a time: the engine answers in a way that is not known.");
        }

        if (at >= query.From && at < query.Until && pattern?.IsMatch(message) != false)
        {
            _found.Add(new LogEntry(at, message, origin));
        }
    }
}
