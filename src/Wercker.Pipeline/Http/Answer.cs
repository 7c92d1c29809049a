using System.Text.Json;

namespace Wercker.Pipeline.Http;

/// <summary>What came back from one request, its redirects followed.</summary>
internal sealed record Answer
{
    private readonly Lazy<JsonElement?> _json;

    public Answer() => _json = new(Parse);

    public required int Status { get; init; }

    /// <summary>The headers by name, without case; several values of one are joined with commas.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The beginning of the body.</summary>
    public required string Body { get; init; }

    /// <summary>Why the body is not whole: too large, too slow, broken off; null when it is.</summary>
    public string? Cut { get; init; }

    /// <summary>True when the body is not whole because there is more of it than is read.</summary>
    public bool IsLarge { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>How long the server's certificate is valid; null without one.</summary>
    public DateTimeOffset? CertificateUntil { get; init; }

    /// <summary>Hides the secrets of a text.</summary>
    public required Func<string, string> Mask { get; init; }

    public bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>The body as JSON; null when it is none.</summary>
    public JsonElement? Json => _json.Value;

    /// <summary>The beginning of a text. It is masked first: half a secret would not be known as one.</summary>
    public string Shorten(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var masked = Mask(text);
        return masked.Length <= length ? masked : masked[..length] + "…";
    }

    private JsonElement? Parse()
    {
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>There was no answer: nobody there, or the connection broke, or it took too long.</summary>
internal sealed class NoAnswerException(string reason) : Exception(reason);
