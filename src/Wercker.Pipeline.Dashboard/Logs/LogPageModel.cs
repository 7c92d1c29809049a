using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>Some lines of a log.</summary>
public sealed record LogPageModel
{
    /// <summary>The project.</summary>
    public required ProjectAccess Project { get; init; }

    /// <summary>The deployment.</summary>
    public required DeploymentLine Deployment { get; init; }

    /// <summary>The lines, in order.</summary>
    public required IReadOnlyList<LogLine> Lines { get; init; }

    /// <summary>How many lines the log has by now.</summary>
    public required long Total { get; init; }

    /// <summary>How many bytes the log has by now.</summary>
    public required long Bytes { get; init; }

    /// <summary>True when the log has its end, and no line will come.</summary>
    public required bool IsClosed { get; init; }

    /// <summary>How many lines are on a page.</summary>
    public required int PageSize { get; init; }

    /// <summary>The line from which on the first error can be read; null when there is none.</summary>
    public long? FirstError { get; init; }

    /// <summary>Where each step begins in the log.</summary>
    public required IReadOnlyList<LogStep> Steps { get; init; }

    /// <summary>The first line of the page before; null on the first one.</summary>
    public long? Before => Lines is [{ Number: > 1 } first, ..] ? Math.Max(1, first.Number - PageSize) : null;

    /// <summary>The first line of the next page; null on the last one.</summary>
    public long? After => Lines is [.., var last] && last.Number < Total ? last.Number + 1 : null;

    /// <summary>Why the log cannot be read further; null when it can.</summary>
    public string? Damage { get; init; }

    /// <summary>Where the server-sent events go on behind the last line of the log.</summary>
    public required string Cursor { get; init; }
}

/// <summary>Where a step begins in a log.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Line">Its first line.</param>
public sealed record LogStep(string Name, long Line);

/// <summary>A line of a log, clean: no control characters, no escape sequences, nothing that turns text round. It still must be encoded.</summary>
public sealed record LogLine
{
    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>When it was written; null when it does not say.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The step; null when it does not say.</summary>
    public string? Step { get; init; }

    /// <summary>"out", "err", "note" (what the pipeline says of commands) or "pipe" (what happened in the deployment); null when it does not say.</summary>
    public string? Stream { get; init; }

    /// <summary>Its text, part by part.</summary>
    public required IReadOnlyList<LogSpan> Spans { get; init; }
}

/// <summary>A part of a line in one style.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">
/// CSS classes: t1 to t6 for red, green, yellow, blue, magenta and cyan, td dim, tb bold, ti italic, tu underlined; null for none. These and no others.
/// </param>
public sealed record LogSpan(string Text, string? Style = null);
