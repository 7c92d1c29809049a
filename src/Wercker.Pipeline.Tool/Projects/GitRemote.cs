namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Where a repository lives: github.com, wercker, step-heroku-deploy.</summary>
internal sealed record GitRemote(string Domain, string Owner, string Repository)
{
    /// <summary>Reads the URL of a remote, in git's own short form too; null when it has no such parts. Credentials in it are passed over.</summary>
    public static GitRemote? Parse(string? url)
    {
        if (string.IsNullOrEmpty(url))
        {
            return null;
        }

        string host, path;
        if (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
        {
            (host, path) = (uri.Host, uri.AbsolutePath);
        }
        else if (url.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && !url[..colon].Contains('/', StringComparison.Ordinal))
        {
            (host, path) = (url[(url[..colon].IndexOf('@', StringComparison.Ordinal) + 1)..colon], url[(colon + 1)..]);
        }
        else
        {
            return null;
        }

        var trimmed = path.Trim('/');
        var name = trimmed.EndsWith(".git", StringComparison.Ordinal) ? trimmed[..^4] : trimmed;
        var slash = name.LastIndexOf('/');
        return slash > 0 ? new GitRemote(host, name[..slash], name[(slash + 1)..]) : null;
    }
}
