using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>What the gate has found out about a request that it let through.</summary>
internal sealed class DashboardVisit
{
    private static readonly object Key = new();

    private DashboardVisit(DashboardUrls urls, bool isPage)
    {
        Urls = urls;
        IsPage = isPage;
    }

    public DashboardUrls Urls { get; }

    /// <summary>True when a person sees the answer.</summary>
    public bool IsPage { get; }

    /// <summary>Of this answer's scripts and styles.</summary>
    public string Nonce { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));

    /// <summary>The project of the address; null when it names none.</summary>
    public DashboardProject? Project { get; set; }

    /// <summary>The projects that the visitor may read, in the order of the options; only the one of the address when it names one.</summary>
    public IReadOnlyList<DashboardProject> Readable { get; set; } = [];

    public static DashboardVisit Begin(HttpContext context, EndpointAccess access)
    {
        var visit = new DashboardVisit(new DashboardUrls(RootOf(context.Request, access.Depth)), access.IsPage);
        context.Items[Key] = visit;
        return visit;
    }

    /// <summary>The visit of a request that came through the gate.</summary>
    public static DashboardVisit Of(HttpContext context) =>
        context.Items.TryGetValue(Key, out var visit) ? (DashboardVisit)visit! : throw new InvalidOperationException("The request did not come through the dashboard's gate.");

    /// <summary>The path without the segments of the endpoint: so the dashboard finds its root in groups and under base paths of any kind.</summary>
    private static string RootOf(HttpRequest request, int depth)
    {
        var path = request.PathBase.Add(request.Path).ToUriComponent().AsSpan().TrimEnd('/');
        for (var i = 0; i < depth && path.LastIndexOf('/') is >= 0 and var slash; i++)
        {
            path = path[..slash];
        }

        return path.ToString();
    }
}
