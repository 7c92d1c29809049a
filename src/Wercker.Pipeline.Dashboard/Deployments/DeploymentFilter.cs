using System.Globalization;
using System.Text;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Which deployments are looked for, as it stands in the query of an address. What is set must hold.</summary>
public sealed record DeploymentFilter
{
    /// <summary>A part of id, application, revision, target or requester ("q"); null for all.</summary>
    public string? Text { get; init; }

    /// <summary>The target's name ("target"); null for all.</summary>
    public string? Target { get; init; }

    /// <summary>The verdict ("status": running, succeeded, failed, inconclusive, canceled); null for all.</summary>
    public DeployStatus? Status { get; init; }

    /// <summary>The first day, in UTC ("since": 2013-04-19); null for no limit.</summary>
    public DateOnly? Since { get; init; }

    /// <summary>The last day, in UTC ("until": 2013-04-19); null for no limit.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The id of the last deployment of the page before ("after"); null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>How many on a page ("limit"), 1 to 200. Default: 50.</summary>
    public int Limit { get; init; } = DefaultLimit;

    private const int DefaultLimit = 50;

    /// <summary>The query of an address with this filter: "?q=a1b2&amp;status=failed", or nothing.</summary>
    /// <returns>The query.</returns>
    public string ToQuery()
    {
        var query = new StringBuilder();
        Add(query, "q", Text);
        Add(query, "target", Target);
        Add(query, "status", Status?.ToString().ToLowerInvariant());
        Add(query, "since", Since?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add(query, "until", Until?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add(query, "after", After);
        Add(query, "limit", Limit == DefaultLimit ? null : Limit.ToString(CultureInfo.InvariantCulture));
        return query.ToString();
    }

    internal DeploymentSearch ToSearch(string? app) => new()
    {
        App = app,
        Text = Text,
        Target = Target,
        Status = Status,
        Since = Since is { } since ? new DateTimeOffset(since, TimeOnly.MinValue, TimeSpan.Zero) : null,
        Until = Until is { } until && until < DateOnly.MaxValue ? new DateTimeOffset(until.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null,
        After = After,
        Limit = Limit,
    };

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }
}
