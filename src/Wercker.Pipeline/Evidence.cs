using System.Text.Json.Nodes;

namespace Wercker.Pipeline;

/// <summary>One piece of evidence behind a verdict. It is masked, journaled and shown in every report.</summary>
/// <param name="Kind">What sort of evidence, for those who draw it: "text", "command", "http", "log", "metric", or a word of your own.</param>
/// <param name="Title">One line for people.</param>
public sealed record Evidence(string Kind, string Title)
{
    /// <summary>The evidence as text; null when <see cref="Data"/> holds it.</summary>
    public string? Text { get; init; }

    /// <summary>The evidence as data; null when there is none. Its shape belongs to the <see cref="Kind"/>.</summary>
    public JsonObject? Data { get; init; }
}
