using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>A repository of our own, and git in it: without settings of the user or the machine, without questions, through the connection that is there.</summary>
/// <param name="options">Where the app is.</param>
/// <param name="ssh">The command line of ssh that git is given, without a command.</param>
/// <param name="directory">A private directory, which the caller removes.</param>
internal sealed class DokkuGit(DokkuOptions options, ProcessStartInfo ssh, string directory)
{
    private const string Live = "refs/wercker/live";

    private string Repository => Path.Combine(directory, "source");

    // As people write it, "dokku@host:app": with a path Dokku would take the slash for a part of the name.
    private string Remote => $"{(options.Host.Address.Contains(':', StringComparison.Ordinal) ? $"[{options.Host.Address}]" : options.Host.Address)}:{options.App}";

    /// <summary>The commit that Dokku has on the branch that it deploys; null for none.</summary>
    public async Task<string?> FindLiveAsync(CancellationToken cancellationToken)
    {
        var answer = await GitAsync(directory, ["ls-remote", Remote, $"refs/heads/{options.Branch}"], cancellationToken).ConfigureAwait(false);
        return answer.Split('\t')[0] is { Length: > 0 } commit ? commit : null;
    }

    /// <summary>Makes the repository, with all that Dokku has of the branch.</summary>
    public async Task OpenAsync(bool hasLive, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Repository);
        await GitAsync(Repository, ["init", "--quiet", "--template="], cancellationToken).ConfigureAwait(false);
        if (hasLive)
        {
            await GitAsync(Repository, ["fetch", "--quiet", "--no-tags", Remote, $"+refs/heads/{options.Branch}:{Live}"], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>True when the repository has a commit.</summary>
    public async Task<bool> HasAsync(string commit, CancellationToken cancellationToken) =>
        (await RunAsync(Repository, ["cat-file", "-e", commit + "^{commit}"], null, cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    /// <summary>Commits the files of a source on top of what is live, so that the push moves forward and the way back stays in Dokku's own repository.</summary>
    /// <returns>The commit; null when what is live has exactly these files.</returns>
    public async Task<string?> CommitAsync(DeployContext context, Source source, string? live, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException("Sources cannot be staged on Windows; deploy from Linux, macOS or WSL.");
        }

        var files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;
        await source.StageAsync(files, cancellationToken).ConfigureAwait(false);

        // In a work tree, what .gitignore names is rubbish; in an artifact or a revision it was put there on purpose.
        string[] force = source.GitRevision is null && Directory.Exists(source.Path) ? [] : ["--force"];
        await GitAsync(Repository, [$"--work-tree={files}", "add", "--all", .. force, "."], cancellationToken).ConfigureAwait(false);
        var tree = (await GitAsync(Repository, ["write-tree"], cancellationToken).ConfigureAwait(false)).Trim();
        if (live is not null && (await GitAsync(Repository, ["rev-parse", live + "^{tree}"], cancellationToken).ConfigureAwait(false)).Trim() == tree)
        {
            return null;
        }

        string[] parent = live is null ? [] : ["-p", live];
        var words = $"wercker deploy of {context.Request.Revision} ({context.DeploymentId})";
        return (await GitAsync(Repository, ["-c", "user.name=wercker", "-c", "user.email=wercker@localhost", "commit-tree", tree, .. parent, "-m", words], cancellationToken).ConfigureAwait(false)).Trim();
    }

    /// <summary>Pushes a commit, and shows what Dokku says while it builds.</summary>
    /// <returns>The exit code and the last words; Dokku builds before it takes the commit, so a build that fails is a push that is refused.</returns>
    public Task<(int ExitCode, string Text, string Errors)> PushAsync(string commit, bool force, IOutputWriter output, CancellationToken cancellationToken) =>
        RunAsync(Repository, ["push", "--porcelain", .. force ? ["--force"] : Array.Empty<string>(), Remote, $"{commit}:refs/heads/{options.Branch}"], output, cancellationToken);

    private async Task<string> GitAsync(string at, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, text, errors) = await RunAsync(at, arguments, null, cancellationToken).ConfigureAwait(false);
        return exitCode == 0 ? text : throw OpenSshConnector.Explain(options.Host, errors.Contains("Host key", StringComparison.Ordinal) || errors.Contains("Permission denied", StringComparison.Ordinal) ? 255 : exitCode, errors)
            ?? new SshException(options.Host.Name, $"git {arguments.First(word => !word.StartsWith('-') && !word.Contains('=', StringComparison.Ordinal))} failed with exit code {exitCode}: {new DokkuAnswer(exitCode, string.Empty, errors).Words}");
    }

    private async Task<(int ExitCode, string Text, string Errors)> RunAsync(string at, IReadOnlyList<string> arguments, IOutputWriter? output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo("git", ["-C", at, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        Prepare(start.Environment);
        using var process = Start(start);
        process.StandardInput.Close();
        try
        {
            var text = process.StandardOutput.ReadToEndAsync(cancellationToken);
            using var errors = new MemoryStream();
            var buffer = new byte[8192];
            while (await process.StandardError.BaseStream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                errors.Write(buffer, 0, count);
                if (output is not null)
                {
                    await output.WriteAsync(OutputStream.Output, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                }
            }

            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, await text.ConfigureAwait(false), Encoding.UTF8.GetString(errors.ToArray()));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SshException(options.Host.Name, "git cannot be started: install it.", e);
        }
    }

    private void Prepare(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }

        foreach (var (name, value) in ssh.Environment.Where(pair => pair.Key.StartsWith("SSH_ASKPASS", StringComparison.Ordinal) || pair.Key.StartsWith("WERCKER_SSH_", StringComparison.Ordinal)))
        {
            environment[name] = value;
        }

        // git itself adds the host and the command.
        environment["GIT_SSH_COMMAND"] = string.Join(' ', ssh.ArgumentList.TakeWhile(word => word != "--").Prepend("ssh").Select(HostScript.Quote));
        environment["GIT_SSH_VARIANT"] = "ssh";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_CONFIG_GLOBAL"] = Path.Combine(directory, "no-settings");
        environment["LC_ALL"] = "C";
    }
}
