using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Loggly.Api;

/// <summary>Reads events of the first generation: GET /api/search, with an offset that grows until all that was found is read.</summary>
internal sealed class LegacySearch(LogglyApi api)
{
    private const int Rows = 500;
    private const int MostRows = 1_000_000;

    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = query.Text.Length == 0 ? "*" : query.Text;
        for (var start = 0; ; start += Rows)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"api/search?q={Uri.EscapeDataString(text)}&from={LogglyTime.Format(query.From)}&until={LogglyTime.Format(query.Until)}&rows={Rows}&start={start}&order=asc");
            using var page = await api.GetAsync(path, cancellationToken).ConfigureAwait(false);
            var (entries, found) = Read(page.RootElement);
            foreach (var entry in entries)
            {
                if (entry.At >= query.From && entry.At < query.Until)
                {
                    yield return entry;
                }
            }

            if (found <= start + Rows)
            {
                yield break;
            }

            if (entries.Count == 0 || start + Rows >= MostRows)
            {
                yield return new LogEntry(query.Until, $"Loggly found {found} events and gave {start + entries.Count} of them") { Lost = true };
                yield break;
            }
        }
    }

    private static (List<LogEntry> Entries, long Found) Read(JsonElement page) =>
        page.ValueKind == JsonValueKind.Object && page.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
        && page.TryGetProperty("numFound", out var found) && found.TryGetInt64(out var count)
            ? ([.. data.EnumerateArray().Select(ToEntry)], count)
            : throw new LogglyException("Loggly's answer holds no \"data\" with \"numFound\". Check which generation of the API the account has.");

    private static LogEntry ToEntry(JsonElement one)
    {
        var at = one.TryGetProperty("timestamp", out var time) && LogglyTime.TryParse(time.GetString(), out var parsed)
            ? parsed
            : throw new LogglyException("An event of Loggly has no timestamp.");
        return new LogEntry(at, Text(one, "text") ?? Text(one, "json") ?? string.Empty, Text(one, "ip"));
    }

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        ? value.ToString()
        : null;
}
