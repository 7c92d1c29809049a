using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Loggly.Api;

/// <summary>Reads events page by page: GET /apiv2/events/iterate, then each page's own link to the next.</summary>
internal sealed class EventIteration(LogglyApi api)
{
    private const string Path = "apiv2/events/iterate";
    private const int PageSize = 1000;

    // A million events; whoever finds more has asked for too much.
    private const int MostPages = 1000;

    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = query.Text.Length == 0 ? "*" : query.Text;

        // Loggly's window includes its end, ours does not.
        var first = string.Create(
            CultureInfo.InvariantCulture,
            $"{Path}?q={Uri.EscapeDataString(text)}&from={LogglyTime.Format(query.From)}&until={LogglyTime.Format(query.Until)}&size={PageSize}&order=asc");
        var page = await api.GetAsync(first, cancellationToken).ConfigureAwait(false);
        for (var number = 1; ; number++)
        {
            string? next;
            using (page)
            {
                foreach (var entry in Entries(page.RootElement))
                {
                    if (entry.At >= query.From && entry.At < query.Until)
                    {
                        yield return entry;
                    }
                }

                next = page.RootElement.TryGetProperty("next", out var link) && link.ValueKind == JsonValueKind.String ? link.GetString() : null;
            }

            if (string.IsNullOrEmpty(next))
            {
                yield break;
            }

            if (number == MostPages)
            {
                yield return new LogEntry(query.Until, $"the query finds more than {PageSize * MostPages} events, and the rest was not read: narrow it") { Lost = true };
                yield break;
            }

            page = await api.FollowAsync(next, Path, cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<LogEntry> Entries(JsonElement page) =>
        page.ValueKind == JsonValueKind.Object && page.TryGetProperty("events", out var events) && events.ValueKind == JsonValueKind.Array
            ? events.EnumerateArray().Select(ToEntry)
            : throw new LogglyException("Loggly's answer holds no \"events\". Check which generation of the API the account has.");

    private static LogEntry ToEntry(JsonElement one)
    {
        var at = one.TryGetProperty("timestamp", out var time) && time.TryGetInt64(out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : throw new LogglyException("An event of Loggly has no timestamp.");
        return new LogEntry(at, Text(one, "raw") ?? Text(one, "logmsg") ?? Text(one, "event") ?? string.Empty, OriginOf(one));
    }

    private static string? OriginOf(JsonElement one)
    {
        if (!one.TryGetProperty("event", out var parsed) || parsed.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return parsed.TryGetProperty("syslog", out var syslog) && syslog.ValueKind == JsonValueKind.Object && Text(syslog, "host") is { } host ? host
            : parsed.TryGetProperty("http", out var http) && http.ValueKind == JsonValueKind.Object ? Text(http, "clientHost")
            : null;
    }

    private static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        ? value.ToString()
        : null;
}
