using System.Globalization;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Deployments;

namespace Wercker.Pipeline.Dashboard.Api;

/// <summary>Reads the query of an address. What cannot be understood is said, and never guessed.</summary>
internal static class QueryText
{
    private const int MaxText = 200;
    private const int MaxLimit = 200;

    /// <summary>A filter of deployments.</summary>
    /// <param name="query">The query.</param>
    /// <param name="fault">What is wrong with it; null when nothing is.</param>
    public static DeploymentFilter ReadFilter(IQueryCollection query, out string? fault)
    {
        fault = null;
        var status = Text(query, "status");
        DeployStatus? verdict = status is not null && Enum.TryParse<DeployStatus>(status, ignoreCase: true, out var known) && Enum.IsDefined(known) && !char.IsAsciiDigit(status[0]) ? known : null;
        fault ??= status is not null && verdict is null ? "status: one of running, succeeded, failed, inconclusive, canceled." : null;
        var since = Day(query, "since", ref fault);
        var until = Day(query, "until", ref fault);
        var after = Text(query, "after");
        fault ??= after is not null && !DashboardName.IsId(after) ? "after: the id of a deployment." : null;
        var limit = Number(query, "limit", 1, MaxLimit, ref fault);
        var text = Text(query, "q");
        fault ??= text is { Length: > MaxText } ? $"q: at most {MaxText} characters." : null;
        return new DeploymentFilter
        {
            Text = text,
            Target = Text(query, "target"),
            Status = verdict,
            Since = since,
            Until = until,
            After = after,
            Limit = (int)(limit ?? new DeploymentFilter().Limit),
        };
    }

    public static string? Text(IQueryCollection query, string name) => query[name].FirstOrDefault() is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    public static long? Number(IQueryCollection query, string name, long from, long to, ref string? fault)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to)
        {
            return number;
        }

        fault ??= $"{name}: a whole number from {from} to {to}.";
        return null;
    }

    private static DateOnly? Day(IQueryCollection query, string name, ref string? fault)
    {
        if (Text(query, name) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        fault ??= $"{name}: a day such as 2013-04-19.";
        return null;
    }
}
