using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Testing;

/// <summary>A log in memory.</summary>
/// <param name="name">The source's name.</param>
public sealed class FakeLogSource(string name = "fake log") : ILogSource
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();
    private readonly ConcurrentQueue<SourceQuery> _queries = new();

    /// <inheritdoc />
    public string Name { get; } = name;

    /// <summary>Which entries of the window a query finds. Default: those whose message holds the query's text, in any case; all for an empty text.</summary>
    public Func<SourceQuery, LogEntry, bool> Matches { get; set; } = static (query, entry) => entry.Message.Contains(query.Text, StringComparison.OrdinalIgnoreCase);

    /// <summary>Thrown by every reading while it is set: the source cannot see. Default: null.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What was asked, in order.</summary>
    public IReadOnlyList<SourceQuery> Queries => [.. _queries];

    /// <summary>Writes entries into the log; also while a deployment runs.</summary>
    /// <param name="entries">The entries, in any order.</param>
    /// <returns>This source.</returns>
    public FakeLogSource Add(params IReadOnlyList<LogEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        foreach (var entry in entries)
        {
            _entries.Enqueue(entry);
        }

        return this;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        cancellationToken.ThrowIfCancellationRequested();
        _queries.Enqueue(query);
        if (Failure is not null)
        {
            throw Failure;
        }

        foreach (var entry in _entries.Where(entry => entry.At >= query.From && entry.At < query.Until && Matches(query, entry)).OrderBy(entry => entry.At))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return entry;
        }

        await ValueTask.CompletedTask.ConfigureAwait(false);
    }
}
