using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Logs;

/// <summary>A place where an application's log can be read: Loggly, Heroku, a file.</summary>
/// <remarks>A deploy target that is a log source too is asked by every log test for its <see cref="ErrorQuery"/>.</remarks>
public interface ILogSource
{
    /// <summary>Names the source for people.</summary>
    string Name { get; }

    /// <summary>How long a line may take from being written to being found. A log test waits so long after its window before it reads. Default: no time.</summary>
    TimeSpan Lag => TimeSpan.Zero;

    /// <summary>The query for what the source itself counts as errors, such as the error codes of a platform; null when it knows of none. Default: null.</summary>
    string? ErrorQuery => null;

    /// <summary>What the source proves itself with. Every deployment that asks it masks these, wherever they turn up. Default: nothing.</summary>
    IReadOnlyList<Secret> Secrets => [];

    /// <summary>Reads the entries of a window that match a query, the oldest first where the source has an order.</summary>
    /// <param name="query">What to read. An empty text reads everything; a text of one word finds the lines with this word.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>The entries. A source that cannot see throws; it never pretends that there was nothing.</returns>
    IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, CancellationToken cancellationToken);
}

/// <summary>One entry of a log.</summary>
/// <param name="At">When it was written.</param>
/// <param name="Message">Its text.</param>
/// <param name="Origin">Who wrote it: a host, a dyno, a process; null when unknown.</param>
public sealed record LogEntry(DateTimeOffset At, string Message, string? Origin = null)
{
    /// <summary>
    /// True when this is not a line of the application but the source saying that lines are missing here: whoever judges cannot have seen all.
    /// The message then says what was lost and why. Default: false.
    /// </summary>
    public bool Lost { get; init; }
}
