using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Releases;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>Pushes a commit and finds out what became of it: git's exit code alone says neither that it failed nor that it did not.</summary>
internal sealed class GitPush(HerokuApi api, HerokuOptions options, GitProcess git, string url)
{
    private const int Tries = 2;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private readonly ReleaseBook _book = new(api);

    public async Task<PushOutcome> RunAsync(PushOrder order, CancellationToken cancellationToken)
    {
        var (repository, commit) = options.KeepRepository
            ? await GitRepository.BorrowAsync(order, git, cancellationToken).ConfigureAwait(false)
            : await GitRepository.FreshAsync(order, git, cancellationToken).ConfigureAwait(false);
        var outcome = await PushAsync(order, repository, commit, cancellationToken).ConfigureAwait(false);
        if (outcome is not null)
        {
            return outcome;
        }

        if (!options.ForceEmptyCommit)
        {
            return await UpToDateAsync(commit, cancellationToken).ConfigureAwait(false);
        }

        await order.Context.Output.NoteAsync($"Everything up-to-date: {commit[..7]} is there already, so an empty commit is pushed on top", cancellationToken).ConfigureAwait(false);
        var empty = await repository.AddEmptyCommitAsync(commit, order, cancellationToken).ConfigureAwait(false);
        return await PushAsync(order, repository, empty, cancellationToken).ConfigureAwait(false)
            ?? throw new HerokuException($"git says that even the new commit {empty[..7]} is up-to-date. Was nothing pushed?");
    }

    /// <summary>Pushes one commit.</summary>
    /// <returns>The outcome; null when the platform has the commit already.</returns>
    private async Task<PushOutcome?> PushAsync(PushOrder order, GitRepository repository, string commit, CancellationToken cancellationToken)
    {
        var before = await _book.ListAsync(cancellationToken, 1).ConfigureAwait(false) is [var newest, ..] ? newest.Version : 0;
        await order.SendingAsync(new PushMark(order.Directory) { Commit = commit, Before = before }, cancellationToken).ConfigureAwait(false);
        var tail = new OutputTail(order.Output);
        using var deadline = new CancellationTokenSource(options.BuildTimeout, api.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        ProcessAnswer answer;
        try
        {
            answer = await RunGitAsync(order, repository, commit, tail, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PushOutcome.Of(StepResult.Failed(
                $"the build did not end within {Patience.Words(options.BuildTimeout)}. It may still go on at Heroku; look at heroku builds --app {api.App}.", tail.ToEvidence("push"))) with
            { MayStillLand = true };
        }

        var evidence = new[] { EvidenceOf(commit, answer) };
        if (answer.ExitCode == 0)
        {
            if (answer.Says("Everything up-to-date") || answer.Says("[up to date]"))
            {
                return null;
            }

            return await FindReleaseAsync(commit, before, cancellationToken).ConfigureAwait(false) is { } release
                ? new PushOutcome { Release = release.Id ?? $"{release.Version}", HasShownReleasePhase = answer.Says("Running release command"), Evidence = evidence }
                : PushOutcome.Of(StepResult.Failed(
                    $"the push went through, but no release of commit {commit[..7]} appeared: Heroku builds main and master only, and the branch is {options.Branch}", [.. evidence, .. tail.ToEvidence("push")]));
        }

        if (GitRefusal.Explain(answer, url, api.App) is { } refusal)
        {
            return PushOutcome.Of(StepResult.Failed(refusal, [.. evidence, .. tail.ToEvidence("push")]));
        }

        // The connection broke while the platform had the files: it may have built and released them all the same.
        await order.Context.Output.NoteAsync("the connection broke during the push; looking whether the release was made", cancellationToken).ConfigureAwait(false);
        return await FindReleaseAsync(commit, before, cancellationToken).ConfigureAwait(false) is { } made
            ? new PushOutcome { Release = made.Id ?? $"{made.Version}", Evidence = evidence }
            : PushOutcome.Of(StepResult.Inconclusive(
                $"the connection to {new Uri(Display(url)).Host} broke during the push, and no release of commit {commit[..7]} appeared within {Patience.Words(options.ReleaseGrace)}; the build may still go on: {answer.Words}",
                [.. evidence, .. tail.ToEvidence("push")])) with
            { MayStillLand = true };
    }

    private async Task<ProcessAnswer> RunGitAsync(PushOrder order, GitRepository repository, string commit, OutputTail tail, CancellationToken cancellationToken)
    {
        string[] arguments = ["-C", repository.Directory, "push", "--force", "--porcelain", "--no-verify", url, $"{commit}:refs/heads/{options.Branch}"];
        for (var tries = 1; ; tries++)
        {
            var answer = await git.RunAsync("git", arguments, new RemoteLines(tail), cancellationToken).ConfigureAwait(false);
            if (answer.ExitCode == 0 || tries == Tries || !GitRefusal.IsBeforeAnythingWasSent(answer))
            {
                return answer;
            }

            await order.Context.Output.NoteAsync($"push failed, retrying in {RetryPause.TotalSeconds:0} seconds", cancellationToken).ConfigureAwait(false);
            await Task.Delay(RetryPause, api.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ReleaseInfo?> FindReleaseAsync(string commit, int after, CancellationToken cancellationToken)
    {
        var patience = new Patience(api.Clock, options.ReleaseGrace);
        do
        {
            foreach (var release in await _book.PollAsync(cancellationToken).ConfigureAwait(false) ?? [])
            {
                if (release.Version > after && await _book.IsOfAsync(release, commit, cancellationToken).ConfigureAwait(false))
                {
                    return release;
                }
            }
        }
        while (await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return null;
    }

    /// <summary>Nothing was built. That is fine only when the commit is what runs: after a failed release phase it is there and does not.</summary>
    private async Task<PushOutcome> UpToDateAsync(string commit, CancellationToken cancellationToken)
    {
        var current = await _book.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        return PushOutcome.Of(current is not null && await _book.IsOfAsync(current, commit, cancellationToken).ConfigureAwait(false)
            ? StepResult.Skipped($"Everything up-to-date: {commit[..7]} is live already as {current.Name}; nothing was built or restarted. Set \"forceEmptyCommit\" to build it again.")
            : StepResult.Failed(
                $"Everything up-to-date: Heroku has commit {commit[..7]} already and built nothing, but {(current is null ? "no release" : $"release {current.Name}, of something else,")} is live. Set \"forceEmptyCommit\" to build it again."));
    }

    private static string Display(string url) => url.Contains("://", StringComparison.Ordinal) ? url : "ssh://" + url.Replace(':', '/');

    private Evidence EvidenceOf(string commit, ProcessAnswer answer) => new("command", $"git push {url} {commit[..7]}:refs/heads/{options.Branch}")
    {
        Data = new JsonObject { ["commit"] = commit, ["exitCode"] = answer.ExitCode },
    };
}
