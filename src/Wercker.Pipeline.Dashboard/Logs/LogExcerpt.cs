namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>Some lines of a log, and what the log is by now.</summary>
internal sealed record LogExcerpt
{
    /// <summary>How many lines there are to see.</summary>
    public required long Total { get; init; }

    /// <summary>How many lines have ended.</summary>
    public required long Ended { get; init; }

    public required long Bytes { get; init; }

    public required bool IsClosed { get; init; }

    public string? Damage { get; init; }

    public required IReadOnlyList<LogStepMarks> Steps { get; init; }

    public IReadOnlyList<LogLine> Lines { get; init; } = [];
}
