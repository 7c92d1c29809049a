using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>What was posted, by a form or as JSON: a few short texts.</summary>
internal sealed class Posted(IReadOnlyDictionary<string, string> fields)
{
    private const int MaxLength = 2000;

    /// <summary>A text without spaces around it; null when it is not there, or says nothing.</summary>
    public string? Find(string name) => fields.TryGetValue(name, out var text) && !string.IsNullOrWhiteSpace(text)
        ? text.Trim() is { Length: > MaxLength } much ? much[..MaxLength] : text.Trim()
        : null;

    /// <summary>Reads the body of a request.</summary>
    /// <returns>Null when it is neither a form nor a JSON object.</returns>
    public static async Task<Posted?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            if (request.HasFormContentType)
            {
                foreach (var (name, values) in await request.ReadFormAsync(cancellationToken).ConfigureAwait(false))
                {
                    fields[name] = values.ToString();
                }

                return new Posted(fields);
            }

            if (request.ContentLength is null or 0 && !request.HasJsonContentType())
            {
                return new Posted(fields);
            }

            if (!request.HasJsonContentType())
            {
                return null;
            }

            using var json = await JsonDocument.ParseAsync(request.Body, new JsonDocumentOptions { MaxDepth = 4 }, cancellationToken).ConfigureAwait(false);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Value.ValueKind == JsonValueKind.String))
            {
                fields[member.Name] = member.Value.GetString()!;
            }

            return new Posted(fields);
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }
}
