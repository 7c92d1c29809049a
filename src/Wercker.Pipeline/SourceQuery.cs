namespace Wercker.Pipeline;

/// <summary>What is asked of a log or metric source.</summary>
/// <param name="Text">The query in the source's own language. Of a log, empty stands for everything.</param>
/// <param name="From">The start of the window, included.</param>
/// <param name="Until">The end of the window, excluded.</param>
public sealed record SourceQuery(string Text, DateTimeOffset From, DateTimeOffset Until);
