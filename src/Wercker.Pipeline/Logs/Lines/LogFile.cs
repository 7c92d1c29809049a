using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>A log file on this machine, with those that it was rotated to.</summary>
/// <param name="path">The path.</param>
/// <param name="zone">The zone of times that name none.</param>
/// <param name="mark">For a file without times: where it ended when the deployment began; null when nobody looked.</param>
/// <param name="window">For a file without times: the window of the running deployment.</param>
internal sealed partial class LogFile(string path, TimeZoneInfo zone, long? mark = null, TestWindow? window = null) : IBoundLogSource
{
    private const int LinesToFindATime = 200;
    private readonly string _path = Path.GetFullPath(path);

    private ContextKey<long> Mark => new($"wercker.log.end:{_path}", MarkJson.Default.Int64);

    /// <inheritdoc />
    public string Name => $"file {path}";

    /// <inheritdoc />
    public ValueTask MarkAsync(DeployContext context, CancellationToken cancellationToken) => context.TryGet(Mark, out _)
        ? ValueTask.CompletedTask
        : context.SetAsync(Mark, File.Exists(_path) ? new FileInfo(_path).Length : 0, cancellationToken);

    /// <inheritdoc />
    public ILogSource Bind(DeployContext context, TestWindow seen) => new LogFile(path, zone, context.TryGet(Mark, out var end) ? end : null, seen);

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        var filter = EntryAssembler.FilterOf(query);
        var files = RotatedFiles.Open(_path, query.From);
        try
        {
            var entries = await HasTimesAsync(files, cancellationToken).ConfigureAwait(false)
                ? ReadTimedAsync(files, query, filter, cancellationToken)
                : ReadUntimedAsync(files, query, filter, cancellationToken);
            await foreach (var entry in entries.ConfigureAwait(false))
            {
                yield return entry;
            }
        }
        finally
        {
            files.ForEach(static file => file.Dispose());
        }
    }

    private async IAsyncEnumerable<LogEntry> ReadTimedAsync(List<FileStream> files, SourceQuery query, Regex? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var assembler = new EntryAssembler(new LineClock(zone), query, filter);
        for (var i = 0; i < files.Count; i++)
        {
            await foreach (var entry in ReadAsync(files[i], 0, assembler, cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }

            if (files[i].Length < files[i].Position)
            {
                yield return new LogEntry(query.From, $"{_path} was cut while it was read: what stood in it is gone") { Lost = true };
            }

            // Rotated while it was read: what is written now stands in a new file.
            if (i == files.Count - 1 && RotatedFiles.OpenSuccessor(_path, files[i]) is { } successor)
            {
                files.Add(successor);
            }
        }

        if (assembler.Complete() is { } last)
        {
            yield return last;
        }
    }

    private async IAsyncEnumerable<LogEntry> ReadUntimedAsync(List<FileStream> files, SourceQuery query, Regex? filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (mark is not { } end || window is null)
        {
            throw new InvalidDataException(
                $"The lines of {_path} have no time, and nobody noted where the file ended when the deployment began: it cannot be told what was written after it. Write times into the log.");
        }

        var current = files[^1];
        var rotated = current.Length < end;
        var wantsAfter = query.Until > window.Before;
        if (rotated && wantsAfter)
        {
            yield return new LogEntry(query.From, $"{_path} is shorter than when the deployment began, and its lines have no time: some of them may be lost") { Lost = true };
        }

        var assembler = new EntryAssembler(new LineClock(zone), query, filter, query.From);
        var limit = wantsAfter || rotated ? long.MaxValue : end;
        if (wantsAfter || !rotated)
        {
            current.Position = wantsAfter && !rotated ? end : 0;
            var source = limit == long.MaxValue ? (Stream)current : new HeadStream(current, limit);
            await foreach (var entry in ReadAsync(source, current.Position, assembler, cancellationToken).ConfigureAwait(false))
            {
                yield return entry;
            }
        }

        if (assembler.Complete() is { } last)
        {
            yield return last;
        }
    }

    private static async IAsyncEnumerable<LogEntry> ReadAsync(Stream stream, long start, EntryAssembler assembler, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (stream.CanSeek)
        {
            stream.Position = start;
        }

        var lines = new LineBuffer(stream);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (assembler.Add(lines.Line) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>True for a log with times, and for an empty one, which may get some.</summary>
    private async ValueTask<bool> HasTimesAsync(List<FileStream> files, CancellationToken cancellationToken)
    {
        var clock = new LineClock(zone);
        var count = 0;
        foreach (var file in Enumerable.Reverse(files))
        {
            file.Position = 0;
            var lines = new LineBuffer(file);
            while (count < LinesToFindATime && await lines.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                count++;
                if (clock.TryRead(lines.Line, DateTimeOffset.MaxValue.AddYears(-1), out _, out _))
                {
                    return true;
                }
            }
        }

        return count == 0;
    }

    [JsonSerializable(typeof(long))]
    private sealed partial class MarkJson : JsonSerializerContext;
}
