using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>The repository that is pushed from: it is ours alone, so nothing of the push is left in the author's.</summary>
internal sealed class GitRepository(string directory, GitProcess git)
{
    private const string Author = "wercker";

    public string Directory => directory;

    /// <summary>One commit with the source's files, as wercker always made it.</summary>
    public static async Task<(GitRepository Repository, string Commit)> FreshAsync(PushOrder order, GitProcess git, CancellationToken cancellationToken)
    {
        var repository = new GitRepository(System.IO.Directory.CreateDirectory(Path.Combine(order.Directory, "source")).FullName, git);
        await StagedSource.StageAsync(order.Source, repository.Directory, git, cancellationToken).ConfigureAwait(false);
        await repository.AskAsync(["init", "--quiet", "--template="], cancellationToken).ConfigureAwait(false);

        // In a work tree, what .gitignore names is rubbish; in an artifact or a revision it was put there on purpose.
        string[] add = order.Source.GitRevision is null && System.IO.Directory.Exists(order.Source.Path) ? ["add", "--all", "."] : ["add", "--all", "--force", "."];
        await repository.AskAsync(add, cancellationToken).ConfigureAwait(false);
        await repository.AskAsync(
            [.. Identity(order.User), "commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", $"wercker deploy of {order.Context.Request.Revision} ({order.Context.DeploymentId})"], cancellationToken).ConfigureAwait(false);
        return (repository, await repository.ResolveAsync("HEAD", cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The source's own history, borrowed without touching its repository.</summary>
    public static async Task<(GitRepository Repository, string Commit)> BorrowAsync(PushOrder order, GitProcess git, CancellationToken cancellationToken)
    {
        if (order.Source.GitRevision is null)
        {
            throw new SandboxException($"\"keepRepository\" needs a git repository as the source; {order.Source.Path} is not given as one. No git repository found to push.");
        }

        var source = new GitRepository(order.Source.Path, git);
        var commit = await source.ResolveAsync(order.Source.GitRevision!, cancellationToken).ConfigureAwait(false);
        var repository = new GitRepository(Path.Combine(order.Directory, "repository.git"), git);
        await git.AskAsync(order.Directory, ["init", "--quiet", "--bare", "--template=", repository.Directory], cancellationToken).ConfigureAwait(false);
        var objects = await source.PathAsync("objects", cancellationToken).ConfigureAwait(false);
        var info = System.IO.Directory.CreateDirectory(Path.Combine(repository.Directory, "objects", "info")).FullName;
        await File.WriteAllTextAsync(Path.Combine(info, "alternates"), objects + "\n", cancellationToken).ConfigureAwait(false);
        var shallow = await source.PathAsync("shallow", cancellationToken).ConfigureAwait(false);
        if (File.Exists(shallow))
        {
            File.Copy(shallow, Path.Combine(repository.Directory, "shallow"));
        }

        return (repository, commit);
    }

    /// <summary>A commit on top that changes no file.</summary>
    public async Task<string> AddEmptyCommitAsync(string commit, PushOrder order, CancellationToken cancellationToken) =>
        (await AskAsync([.. Identity(order.User), "commit-tree", $"{commit}^{{tree}}", "-p", commit, "-m", $"Deploy {commit[..7]} again ({order.Context.DeploymentId})"], cancellationToken).ConfigureAwait(false)).Text.Trim();

    private static string[] Identity(string user) => ["-c", $"user.name={Author}", "-c", $"user.email={user}"];

    private Task<ProcessAnswer> AskAsync(string[] arguments, CancellationToken cancellationToken) => git.AskAsync(directory, arguments, cancellationToken);

    private async Task<string> ResolveAsync(string revision, CancellationToken cancellationToken) =>
        (await AskAsync(["rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], cancellationToken).ConfigureAwait(false)).Text.Trim();

    private async Task<string> PathAsync(string name, CancellationToken cancellationToken) =>
        Path.GetFullPath((await AskAsync(["rev-parse", "--git-path", name], cancellationToken).ConfigureAwait(false)).Text.Trim(), Path.GetFullPath(directory));
}
