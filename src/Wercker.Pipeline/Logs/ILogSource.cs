namespace Wercker.Pipeline.Logs;

/// <summary>A place where an application's log can be read: Loggly, Heroku, a file.</summary>
public interface ILogSource
{
    /// <summary>Names the source for people.</summary>
    string Name { get; }

    /// <summary>Reads the entries of a window that match a query, the oldest first where the source has an order.</summary>
    /// <param name="query">What to read.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The entries. A source that cannot see throws; it never pretends that there was nothing.</returns>
    IAsyncEnumerable<LogEntry> ReadAsync(LogQuery query, CancellationToken cancellationToken);
}

/// <summary>What to read of a log.</summary>
/// <param name="Text">The query in the source's own language; empty for everything.</param>
/// <param name="From">The start of the window, included.</param>
/// <param name="Until">The end of the window, excluded.</param>
public sealed record LogQuery(string Text, DateTimeOffset From, DateTimeOffset Until);

/// <summary>One entry of a log.</summary>
/// <param name="At">When it was written.</param>
/// <param name="Message">Its text.</param>
/// <param name="Origin">Who wrote it: a host, a dyno, a process; null when unknown.</param>
public sealed record LogEntry(DateTimeOffset At, string Message, string? Origin = null);
