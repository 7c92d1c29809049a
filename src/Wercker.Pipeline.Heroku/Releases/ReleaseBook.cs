using System.Globalization;
using System.Net;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Releases;

/// <summary>What the app's releases are.</summary>
internal sealed class ReleaseBook(HerokuApi api)
{
    private const int Page = 50;

    /// <summary>The newest releases, the newest first.</summary>
    public async ValueTask<IReadOnlyList<ReleaseInfo>> ListAsync(CancellationToken cancellationToken, int count = Page) => Sort(
        await api.GetAsync(api.Of("releases"), AnswerJson.Default.ReleaseInfoArray, cancellationToken, Range(count)).ConfigureAwait(false));

    /// <summary>The same within a poll: null when the platform cannot say now.</summary>
    public async ValueTask<IReadOnlyList<ReleaseInfo>?> PollAsync(CancellationToken cancellationToken) =>
        await api.PollAsync(api.Of("releases"), AnswerJson.Default.ReleaseInfoArray, cancellationToken, Range(Page)).ConfigureAwait(false) is { } releases ? Sort(releases) : null;

    /// <summary>The release that is live; null when the app never had one.</summary>
    public async ValueTask<ReleaseInfo?> GetCurrentAsync(CancellationToken cancellationToken)
    {
        var releases = await ListAsync(cancellationToken).ConfigureAwait(false);
        if (CurrentOf(releases) is { } current || releases.Count < Page)
        {
            return CurrentOf(releases);
        }

        // So many failed releases in a row are rare, but they must not make an app look empty.
        return CurrentOf(await ListAsync(cancellationToken, 1000).ConfigureAwait(false));
    }

    /// <summary>The live one of some releases. Old platforms do not say which it is: then it is the newest that succeeded.</summary>
    public static ReleaseInfo? CurrentOf(IReadOnlyList<ReleaseInfo> releases) =>
        releases.Any(release => release.Current is not null)
            ? releases.FirstOrDefault(release => release.Current == true)
            : releases.FirstOrDefault(release => release.Status is null or "succeeded");

    /// <summary>A release by its name, "v42"; null when there is none.</summary>
    public async ValueTask<ReleaseInfo?> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (!name.StartsWith('v') || !int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return null;
        }

        try
        {
            return await api.GetAsync(api.Of($"releases/{version}"), AnswerJson.Default.ReleaseInfo, cancellationToken).ConfigureAwait(false);
        }
        catch (HerokuException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The commit that a release was built from; null when nobody can tell.</summary>
    public async ValueTask<string?> CommitOfAsync(ReleaseInfo release, CancellationToken cancellationToken)
    {
        if (release.Slug?.Id is not { } slug)
        {
            return null;
        }

        try
        {
            return (await api.GetAsync(api.Of($"slugs/{slug}"), AnswerJson.Default.SlugInfo, cancellationToken).ConfigureAwait(false)).Commit;
        }
        catch (HerokuException e) when (e.IsTransient || e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Tells whether a release was made of a commit: by its slug, or by what its description says.</summary>
    public async ValueTask<bool> IsOfAsync(ReleaseInfo release, string commit, CancellationToken cancellationToken) =>
        await CommitOfAsync(release, cancellationToken).ConfigureAwait(false) is { } of
            ? string.Equals(of, commit, StringComparison.OrdinalIgnoreCase)
            : release.Description?.Contains(commit[..7], StringComparison.OrdinalIgnoreCase) == true;

    private static string Range(int count) => $"version ..; order=desc,max={count}";

    private static ReleaseInfo[] Sort(ReleaseInfo[] releases) => [.. releases.OrderByDescending(release => release.Version)];
}
