
namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Finds the files that are meant, and what git says about them.</summary>
internal sealed record SourceChoice(Source Source, string App, string Revision, GitCheckout? Git)
{
    private static readonly string[] Extensions = [".tar.gz", ".tgz", ".tar", ".zip"];

    public static async Task<SourceChoice> ChooseAsync(ProjectOptions options, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(options.Source is { Length: > 0 } source ? source : options.Directory);
        if (Directory.Exists(path))
        {
            EnsureReadable(path);
            var app = NameOf(Path.TrimEndingDirectorySeparator(path));
            if (options.Revision is { } revision)
            {
                var git = await GitCheckout.ResolveAsync(path, revision, cancellationToken);
                return new(Source.Git(path, git.Commit), app, git.Revision, git);
            }

            var checkout = await GitCheckout.FindAsync(path, cancellationToken);
            return new(Source.Directory(path), app, checkout?.Revision ?? "local", checkout);
        }

        if (!File.Exists(path))
        {
            throw new ConfigurationException($"The source {path} does not exist: name a directory or an artifact with --source.");
        }

        var extension = Extensions.FirstOrDefault(extension => path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationException($"The source {path} is neither a directory nor an artifact: artifacts end in {string.Join(", ", Extensions)}.");
        if (options.Revision is not null)
        {
            throw new ConfigurationException($"--revision needs a git repository, and {path} is an artifact: leave out one of the two.");
        }

        EnsureReadable(path);
        return new(Source.Artifact(path), NameOf(path[..^extension.Length]), "local", null);
    }

    private static void EnsureReadable(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                using var entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
                entries.MoveNext();
            }
            else
            {
                using var file = File.OpenRead(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"The source {path} cannot be read: {exception.Message}", exception);
        }
    }

    private static string NameOf(string path) => Path.GetFileName(path) is { Length: > 0 } name ? name : "app";
}
