using System.ComponentModel;
using System.Diagnostics;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>What git says about a source.</summary>
/// <param name="Commit">The full hash of the commit.</param>
/// <param name="Branch">The branch; null when no branch is checked out.</param>
/// <param name="IsDirty">True when files differ from the commit.</param>
/// <param name="Remote">Where "origin" is; null when nowhere.</param>
internal sealed record GitCheckout(string Commit, string? Branch, bool IsDirty, GitRemote? Remote)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What people call it: seven characters of the hash, and whether the files are the commit's.</summary>
    public string Revision => Commit[..Math.Min(7, Commit.Length)] + (IsDirty ? "-dirty" : string.Empty);

    /// <summary>Asks git about the files of a directory; null when they are under no version control, or have no commit yet.</summary>
    public static async Task<GitCheckout?> FindAsync(string directory, CancellationToken cancellationToken)
    {
        // One cheap look saves starting git where there is nothing to ask.
        if (!HasRepository(directory)
            || await AskAsync(directory, cancellationToken, "status", "--porcelain=v2", "--branch", "--untracked-files=normal", "--", ".") is not { } status)
        {
            return null;
        }

        var lines = status.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var commit = Header(lines, "# branch.oid ");
        var branch = Header(lines, "# branch.head ");
        return commit is null or "(initial)"
            ? null
            : new GitCheckout(commit, branch == "(detached)" ? null : branch, lines.Any(line => line[0] != '#'), await RemoteAsync(directory, cancellationToken));
    }

    /// <summary>Asks git about one revision.</summary>
    /// <exception cref="ConfigurationException">There is no repository, or no such revision in it.</exception>
    public static async Task<GitCheckout> ResolveAsync(string directory, string revision, CancellationToken cancellationToken)
    {
        if (revision.StartsWith('-') || await AskAsync(directory, cancellationToken, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}") is not { } commit)
        {
            throw new ConfigurationException(HasRepository(directory)
                ? $"There is no revision '{revision}' in the git repository {directory}."
                : $"--revision {revision}: {directory} is no git repository.");
        }

        var isBranch = await AskAsync(directory, cancellationToken, "show-ref", "--verify", "--quiet", "refs/heads/" + revision) is not null;
        return new GitCheckout(commit.Trim(), isBranch ? revision : null, false, await RemoteAsync(directory, cancellationToken));
    }

    private static async Task<GitRemote?> RemoteAsync(string directory, CancellationToken cancellationToken) =>
        GitRemote.Parse((await AskAsync(directory, cancellationToken, "config", "--get", "remote.origin.url"))?.Trim());

    private static string? Header(string[] lines, string prefix) => lines.FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..].Trim();

    private static bool HasRepository(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            var marker = Path.Combine(at.FullName, ".git");
            if (Directory.Exists(marker) || File.Exists(marker))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Runs git without prompts; null when it says no, or is not there.</summary>
    private static async Task<string?> AskAsync(string directory, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "core.fsmonitor=false", "-C", directory, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_OPTIONAL_LOCKS"] = "0", ["LC_ALL"] = "C" },
        };
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(linked.Token);
            await process.StandardError.ReadToEndAsync(linked.Token);
            await process.WaitForExitAsync(linked.Token);
            return process.ExitCode == 0 ? await output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
        catch (OperationCanceledException)
        {
            process?.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            process?.Dispose();
        }
    }
}
