using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Testing.Loggly;

/// <summary>The parameters of a search of the second generation.</summary>
internal sealed record LogglyParameters(LogglyQuery Query, DateTimeOffset From, DateTimeOffset Until, bool Ascending, int Size)
{
    /// <exception cref="FormatException">A parameter is unknown, missing or wrong.</exception>
    public static LogglyParameters Of(IQueryCollection query, TimeProvider clock, IReadOnlyList<string> known)
    {
        RefuseUnknown(query, known);
        var order = query["order"].ToString();
        return new LogglyParameters(
            LogglyQuery.Parse(query["q"].ToString()),
            TimeOf(query["from"].ToString(), "-24h", clock.GetUtcNow()),
            TimeOf(query["until"].ToString(), "now", clock.GetUtcNow()),
            order switch { "" or "desc" => false, "asc" => true, _ => throw new FormatException($"order={order} must be asc or desc") },
            query["size"].ToString() is { Length: > 0 } size ? int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture) : 50);
    }

    public static void RefuseUnknown(IQueryCollection query, IReadOnlyList<string> known)
    {
        if (query.Keys.FirstOrDefault(key => !known.Contains(key)) is { } unknown)
        {
            throw new FormatException($"{unknown} is no parameter of this search");
        }
    }

    /// <summary>now, -10m, or ISO 8601.</summary>
    private static DateTimeOffset TimeOf(string text, string otherwise, DateTimeOffset now)
    {
        text = text.Length == 0 ? otherwise : text;
        if (text == "now")
        {
            return now;
        }

        if (text[0] == '-' && text.Length > 2 && double.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return now - text[^1] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                'd' => TimeSpan.FromDays(number),
                'w' => TimeSpan.FromDays(7 * number),
                _ => throw new FormatException($"'{text}' is no time"),
            };
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : throw new FormatException($"'{text}' is no time");
    }
}
