namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>Pushes, forward and back.</summary>
internal sealed class DokkuPush(DokkuHost host, DeployContext context)
{
    private readonly DokkuProof _proof = new(host, context.TimeProvider);

    private DokkuOptions Options => host.Options;

    public Task<string?> FindLiveAsync(CancellationToken cancellationToken) => WithGitAsync(git => git.FindLiveAsync(cancellationToken), cancellationToken);

    public Task<StepResult> RunAsync(Source source, CancellationToken cancellationToken) => WithGitAsync(
        async git =>
        {
            var live = await git.FindLiveAsync(cancellationToken).ConfigureAwait(false);
            await git.OpenAsync(live is not null, cancellationToken).ConfigureAwait(false);
            if (await git.CommitAsync(context, source, live, cancellationToken).ConfigureAwait(false) is not { } commit)
            {
                return StepResult.Skipped($"{Options.App} has exactly these files already, as {live![..7]}");
            }

            await context.SetAsync(DokkuMark.Key, new DokkuMark(commit, live), cancellationToken).ConfigureAwait(false);
            return await SendAsync(git, commit, live, force: false, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    public async Task<StepResult?> VerifyAsync(CancellationToken cancellationToken)
    {
        if (!context.TryGet(DokkuMark.Key, out var mark))
        {
            return null;
        }

        if (context.HasFailed)
        {
            return StepResult.Inconclusive("its undo finds out what came of it");
        }

        await context.Output.NoteAsync("looking what became of the push that was cut off", cancellationToken).ConfigureAwait(false);
        if (!await _proof.AwaitUnlockedAsync(Options.BuildTimeout, cancellationToken).ConfigureAwait(false))
        {
            return StepResult.Inconclusive($"the deployment of {Options.App} that was cut off has not ended within {Options.BuildTimeout}");
        }

        var live = await FindLiveAsync(cancellationToken).ConfigureAwait(false);
        return live == mark.Commit ? await _proof.ProveAsync(mark.Commit, cancellationToken).ConfigureAwait(false)
            : live == mark.Before ? null
            : StepResult.Inconclusive($"{live ?? "nothing"} is live, which this deployment did not push");
    }

    /// <summary>Pushes an earlier commit over the later ones. Dokku builds it anew.</summary>
    public Task<StepResult> RollBackAsync(string commit, CancellationToken cancellationToken) => WithGitAsync(
        async git =>
        {
            var live = await git.FindLiveAsync(cancellationToken).ConfigureAwait(false);
            if (live == commit)
            {
                return StepResult.Skipped($"{commit} is live");
            }

            await git.OpenAsync(live is not null, cancellationToken).ConfigureAwait(false);
            if (!await git.HasAsync(commit, cancellationToken).ConfigureAwait(false))
            {
                return StepResult.Failed($"the repository of {Options.App} does not have {commit} any more: somebody has pushed over it. Deploy the earlier revision instead.");
            }

            var result = await SendAsync(git, commit, live, force: true, cancellationToken).ConfigureAwait(false);
            return result with { Message = result.IsGood ? $"rolled back: {result.Message}" : $"the roll back to {commit[..7]} did not work: {result.Message}" };
        },
        cancellationToken);

    private async Task<StepResult> SendAsync(DokkuGit git, string commit, string? live, bool force, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Options.BuildTimeout, context.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        int exitCode;
        string answer, errors;
        try
        {
            (exitCode, answer, errors) = await git.PushAsync(commit, force, context.Output, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return StepResult.Failed($"the build did not end within {Options.BuildTimeout}");
        }

        await context.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (exitCode == 0)
        {
            return await _proof.ProveAsync(commit, cancellationToken).ConfigureAwait(false);
        }

        // The connection may have been lost after Dokku had all; then Dokku knows.
        if (!answer.Contains("[remote rejected]", StringComparison.Ordinal) && await _proof.AwaitUnlockedAsync(Options.BuildTimeout, cancellationToken).ConfigureAwait(false)
            && await git.FindLiveAsync(cancellationToken).ConfigureAwait(false) is { } found && found == commit && found != live)
        {
            return await _proof.ProveAsync(commit, cancellationToken).ConfigureAwait(false);
        }

        var words = new DokkuAnswer(exitCode, string.Empty, errors).Words;
        return StepResult.Failed($"Dokku did not take {commit[..7]}, its build or its checks failed: {words}", new Evidence("text", "the last lines of the build") { Text = context.Output.RecentLines });
    }

    private async Task<T> WithGitAsync<T>(Func<DokkuGit, Task<T>> use, CancellationToken cancellationToken)
    {
        var connection = await host.ConnectAsync(cancellationToken).ConfigureAwait(false);
        var directory = Directory.CreateTempSubdirectory("wercker-dokku-");
        try
        {
            return await use(new DokkuGit(Options, connection.CommandLine(), directory.FullName)).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
