namespace Wercker.Pipeline.Dashboard;

/// <summary>What every page knows besides what it shows.</summary>
public sealed record PageContext
{
    /// <summary>What stands above every page.</summary>
    public required string Title { get; init; }

    /// <summary>The addresses.</summary>
    public required DashboardUrls Urls { get; init; }

    /// <summary>What every script and style element of this answer must have as its nonce attribute, or the browser leaves it out.</summary>
    public required string Nonce { get; init; }

    /// <summary>The name of the hidden field that every posted form must have.</summary>
    public required string TokenField { get; init; }

    /// <summary>The name of the header that everything that a script posts must have.</summary>
    public required string TokenHeader { get; init; }

    /// <summary>The value of both.</summary>
    public required string Token { get; init; }

    /// <summary>Who is looking; null when nobody has a name.</summary>
    public string? User { get; init; }

    /// <summary>The project that the page is about, and what the user may do with it; null for pages about all.</summary>
    public ProjectAccess? Project { get; init; }

    /// <summary>True when the user may see the connections of at least one project.</summary>
    public bool MayAdmin { get; init; }

    /// <summary>What was done a moment ago, in one sentence of the dashboard's own; null for nothing.</summary>
    public string? Notice { get; init; }

    /// <summary>Now, for ages and countdowns.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>What a user may do with a project that the user may read.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="MayOperate">May answer, cancel, freeze and thaw.</param>
/// <param name="MayAdmin">May unlock, and see and test connections.</param>
public sealed record ProjectAccess(string Name, bool MayOperate, bool MayAdmin);
