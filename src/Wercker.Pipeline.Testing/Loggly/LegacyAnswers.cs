using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>The first generation: /api/search with an offset.</summary>
internal sealed class LegacyAnswers(LogglyIndex index, TimeProvider clock)
{
    private static readonly Regex DateMath = new(@"^NOW(?:(?<sign>[+-])(?<number>\d+)(?<unit>SECOND|MINUTE|HOUR|DAY)S?)*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    public JsonObject Search(IQueryCollection query)
    {
        LogglyParameters.RefuseUnknown(query, ["q", "rows", "start", "from", "until", "order", "format"]);
        var rows = Number(query["rows"].ToString(), 10);
        var start = Number(query["start"].ToString(), 0);
        var found = index.Find(
            LogglyQuery.Parse(query["q"].ToString()), TimeOf(query["from"].ToString(), "NOW-24HOURS"), TimeOf(query["until"].ToString(), "NOW"), query["order"] == "asc");
        return new JsonObject
        {
            ["data"] = new JsonArray([.. found.Skip(start).Take(rows).Select(ToJson)]),
            ["numFound"] = found.Count,
        };
    }

    private static JsonNode ToJson(LogglyEvent one) => new JsonObject
    {
        ["timestamp"] = one.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'-0000'", CultureInfo.InvariantCulture),
        ["inputname"] = one.Input,
        ["ip"] = one.Host,
        ["id"] = one.Id.ToString(),
        ["isjson"] = one.Json is not null,
        [one.Json is null ? "text" : "json"] = one.Json is null ? one.Raw : one.Json.DeepClone(),
    };

    private static int Number(string text, int otherwise) => text.Length == 0 ? otherwise : int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private DateTimeOffset TimeOf(string text, string otherwise)
    {
        text = text.Length == 0 ? otherwise : text;
        if (DateMath.Match(text) is not { Success: true } match)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw new FormatException($"'{text}' is no time");
        }

        var result = clock.GetUtcNow();
        for (var i = 0; i < match.Groups["sign"].Captures.Count; i++)
        {
            var number = int.Parse(match.Groups["number"].Captures[i].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            var span = match.Groups["unit"].Captures[i].Value.ToUpperInvariant() switch
            {
                "SECOND" => TimeSpan.FromSeconds(number),
                "MINUTE" => TimeSpan.FromMinutes(number),
                "HOUR" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
            result = match.Groups["sign"].Captures[i].Value == "-" ? result - span : result + span;
        }

        return result;
    }
}
