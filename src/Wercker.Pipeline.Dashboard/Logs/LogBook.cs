using System.Buffers;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>The logs of all deployments, by line. Keeps the indexes of those that were read last.</summary>
internal sealed class LogBook
{
    private const int MostIndexes = 64;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Project, string Id), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>Reads some lines.</summary>
    /// <param name="project">The project.</param>
    /// <param name="id">The deployment.</param>
    /// <param name="from">The first line, from 1; null for as many as fit before the end.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The lines, and what the log is now; null when there is no log.</returns>
    public async Task<LogExcerpt?> ReadAsync(DashboardProject project, string id, long? from, int count, CancellationToken cancellationToken)
    {
        var entry = Open(project, id);
        await entry.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        LogExcerpt about;
        (long Line, long Offset) start;
        try
        {
            if (await project.Store.FindLogAsync(id, cancellationToken).ConfigureAwait(false) is not { } summary)
            {
                return null;
            }

            var damage = await entry.ExtendAsync(project.Store, id, summary.Length, cancellationToken).ConfigureAwait(false);
            about = entry.Describe(summary, damage);
            start = entry.Index.Find(Math.Clamp(from ?? (about.Total - count + 1), 1, Math.Max(1, about.Total)));
        }
        finally
        {
            entry.Turn.Release();
        }

        var first = Math.Clamp(from ?? (about.Total - count + 1), 1, Math.Max(1, about.Total));
        var lines = new List<LogLine>(Math.Min(count, 1024));
        await CollectAsync(project.Store, id, start, first, (int)Math.Min(count, about.Total - first + 1), lines, cancellationToken).ConfigureAwait(false);
        return about with { Lines = lines };
    }

    /// <summary>Takes lines until there are enough, or nothing more can be read: then the excerpt says so already.</summary>
    private static async Task CollectAsync(
        IDeploymentStore store, string id, (long Line, long Offset) at, long first, int count, List<LogLine> lines, CancellationToken cancellationToken)
    {
        if (count <= 0)
        {
            return;
        }

        var number = at.Line;
        var rest = new ArrayBufferWriter<byte>();
        try
        {
            await foreach (var block in store.ReadLogAsync(id, at.Offset, cancellationToken).ConfigureAwait(false))
            {
                if (Take(block.Span))
                {
                    return;
                }
            }
        }
        catch (InvalidDataException)
        {
            return;
        }

        if (rest.WrittenCount > 0 && number >= first && lines.Count < count)
        {
            lines.Add(LogText.Read(number, rest.WrittenSpan));
        }

        bool Take(ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var end = bytes.IndexOf((byte)'\n');
                if (end < 0)
                {
                    Keep(bytes);
                    return false;
                }

                if (number >= first)
                {
                    if (rest.WrittenCount > 0)
                    {
                        Keep(bytes[..end]);
                    }

                    lines.Add(LogText.Read(number, rest.WrittenCount > 0 ? rest.WrittenSpan : bytes[..end]));
                    if (lines.Count == count)
                    {
                        return true;
                    }
                }

                rest.ResetWrittenCount();
                number++;
                bytes = bytes[(end + 1)..];
            }

            return false;
        }

        // Of a line that is longer than anybody reads, only the beginning is kept.
        void Keep(ReadOnlySpan<byte> bytes) => rest.Write(bytes[..Math.Min(bytes.Length, Math.Max(0, LogText.MaxLine + 1 - rest.WrittenCount))]);
    }

    private Entry Open(DashboardProject project, string id)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue((project.Name, id), out var known))
            {
                _recent.Remove(known);
                _recent.AddFirst(known);
                return known.Value;
            }

            var node = _recent.AddFirst(new Entry((project.Name, id)));
            _entries.Add(node.Value.Key, node);
            if (_entries.Count > MostIndexes)
            {
                _entries.Remove(_recent.Last!.Value.Key);
                _recent.RemoveLast();
            }

            return node.Value;
        }
    }

    /// <summary>One log. Whoever reads on does so alone, and the others have it from that.</summary>
    private sealed class Entry((string Project, string Id) key)
    {
        public (string Project, string Id) Key => key;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public LogIndex Index { get; private set; } = new();

        /// <returns>Why the log cannot be read to its end; null when it was.</returns>
        public async Task<string?> ExtendAsync(IDeploymentStore store, string id, long length, CancellationToken cancellationToken)
        {
            if (length < Index.Bytes)
            {
                // Removed, and written anew: a deployment that goes on after its log was removed.
                Index = new LogIndex();
            }

            try
            {
                if (length > Index.Bytes)
                {
                    await foreach (var block in store.ReadLogAsync(id, Index.Bytes, cancellationToken).ConfigureAwait(false))
                    {
                        Index.Append(block.Span);
                    }
                }

                return null;
            }
            catch (InvalidDataException damage)
            {
                return damage.Message;
            }
        }

        /// <summary>A line that has no end counts when it will never get one, and a damaged log never will.</summary>
        public LogExcerpt Describe(LogSummary summary, string? damage) => new()
        {
            Total = Index.Lines + (Index.HasRest && (summary.IsClosed || damage is not null) ? 1 : 0),
            Bytes = Index.Bytes,
            Ended = Index.Lines,
            IsClosed = summary.IsClosed,
            Damage = damage,
            Steps = [.. Index.Steps.Select(step => step with { })],
        };
    }
}
