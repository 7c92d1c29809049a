using System.Diagnostics;
using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>What is released: an archive of files, or a commit that the hosts fetch themselves. Made once for all hosts.</summary>
/// <param name="ReleaseId">The directory's name: the revision and what is in it, so that the same files are the same release.</param>
/// <param name="Archive">The archive; null for a commit.</param>
/// <param name="Commit">The commit; null for an archive.</param>
internal sealed record Payload(string ReleaseId, ReleaseArchive? Archive, string? Commit) : IDisposable
{
    private const int DigestLength = 12;
    private const int RevisionLength = 40;

    /// <exception cref="SandboxException">The source cannot be read.</exception>
    public static async Task<Payload> MakeAsync(DeployContext context, Source source, string? repository, CancellationToken cancellationToken)
    {
        var revision = Word(context.Request.Revision);
        if (repository is not null)
        {
            var commit = await ResolveAsync(source, cancellationToken).ConfigureAwait(false);
            return new Payload($"{revision}-{commit[..DigestLength]}", null, commit);
        }

        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException("Sources cannot be staged on Windows; deploy from Linux, macOS or WSL.");
        }

        var directory = Directory.CreateTempSubdirectory("wercker-");
        try
        {
            await source.StageAsync(directory.FullName, cancellationToken).ConfigureAwait(false);

            // The same time in every run of a deployment, so that a resumed one makes the same bytes and can go on with half an upload.
            var archive = await ReleaseArchive.WriteAsync(directory.FullName, context.StartedAt, cancellationToken).ConfigureAwait(false);
            return new Payload($"{revision}-{archive.ContentSum[..DigestLength]}", archive, null);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    public void Dispose() => Archive?.Dispose();

    /// <summary>A revision as part of a directory's name.</summary>
    internal static string Word(string revision)
    {
        var word = new StringBuilder();
        foreach (var c in revision.Take(RevisionLength))
        {
            word.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_');
        }

        return word.ToString().TrimStart('.', '-') is { Length: > 0 } name ? name : "r";
    }

    private static async Task<string> ResolveAsync(Source source, CancellationToken cancellationToken)
    {
        if (source.GitRevision is not { } revision)
        {
            throw new ConfigurationException("\"repository\" has the hosts fetch a commit, but the source of the deployment is no git revision. Deploy from git, or delete \"repository\".");
        }

        using var git = Process.Start(new ProcessStartInfo("git", ["-C", source.Path, "rev-parse", "--verify", "--quiet", revision + "^{commit}"]) { RedirectStandardOutput = true })!;
        var commit = (await git.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).Trim();
        await git.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        return git.ExitCode == 0 ? commit : throw new SandboxException($"{source.Path} has no revision {revision}.");
    }
}
