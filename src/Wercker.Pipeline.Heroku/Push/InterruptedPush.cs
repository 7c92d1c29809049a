using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Dynos;
using Wercker.Pipeline.Heroku.Releases;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>Finds out what became of a push that did not run to its end, and stops what would still come of it.</summary>
internal sealed class InterruptedPush(HerokuApi api, HerokuOptions options, DeployContext context)
{
    // Between the last byte of a push and the build that it starts, the platform shows neither build nor release.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);
    private readonly ReleaseBook _book = new(api);

    private enum Stage
    {
        Unknown,
        Unseen,
        Building,
        Failed,
        Released,
    }

    /// <summary>Waits for the build of a push whose process was killed, and proves its release.</summary>
    /// <param name="before">The release that was live before; null for none.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The verdict; null when nothing came of the push and it can be made again.</returns>
    public async ValueTask<StepResult?> VerifyAsync(Release? before, CancellationToken cancellationToken)
    {
        await ClearAsync(cancellationToken).ConfigureAwait(false);
        if (!context.TryGet(PushMark.Key, out var mark))
        {
            // Nothing was sent by a version that marks its pushes; one from before may have.
            var current = await _book.GetCurrentAsync(cancellationToken).ConfigureAwait(false) is { HasCode: true } live ? live.Name : null;
            return current == before?.Id ? null : StepResult.Inconclusive($"{current ?? "nothing"} is live, and nothing tells whether that is what was pushed");
        }

        if (!mark.IsSent)
        {
            return null;
        }

        if (context.HasFailed)
        {
            return StepResult.Inconclusive("its undo finds out what came of it");
        }

        await context.Output.NoteAsync("looking what became of the push that was cut off", cancellationToken).ConfigureAwait(false);
        var (stage, build, release) = await WaitAsync(mark, new Patience(api.Clock, options.BuildTimeout), stop: false, cancellationToken).ConfigureAwait(false);
        return stage switch
        {
            Stage.Unseen => null,
            Stage.Unknown => StepResult.Inconclusive($"{api.App} gave no answer to what became of the push that was cut off"),
            Stage.Failed => StepResult.Failed($"the build {build!.Status}: its output says why", EvidenceOf(build)),
            Stage.Building => StepResult.Inconclusive($"the build of the push that was cut off did not end within {Patience.Words(options.BuildTimeout)}", EvidenceOf(build!)),
            _ => await new ReleaseProof(api, options).ProveAsync(release!.Id ?? $"{release.Version}", context.Output, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <summary>Cancels the build, or waits for its end; and for the end of its release, so that nothing becomes live any more.</summary>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <exception cref="HerokuException">Something of it is still going on.</exception>
    public async ValueTask StopAsync(CancellationToken cancellationToken)
    {
        await ClearAsync(cancellationToken).ConfigureAwait(false);
        if (!context.TryGet(PushMark.Key, out var mark) || !mark.IsSent)
        {
            return;
        }

        var (stage, build, release) = await WaitAsync(mark, new Patience(api.Clock, LongestStop), stop: true, cancellationToken).ConfigureAwait(false);
        if (stage == Stage.Unknown)
        {
            throw new HerokuException($"{api.App} gave no answer to what became of its push: it may land after this undo. Look at heroku builds --app {api.App}.");
        }

        if (stage == Stage.Building)
        {
            throw new HerokuException($"Build {build!.Id} of {api.App} neither ends nor can be canceled: what it releases would be live after this undo. Look at heroku builds --app {api.App}.");
        }

        var longest = options.ReleaseTimeout < LongestStop ? options.ReleaseTimeout : LongestStop;
        if (release is { Status: "pending" } && !await EndReleaseAsync(release, new Patience(api.Clock, longest), cancellationToken).ConfigureAwait(false))
        {
            throw new HerokuException(
                $"Release {release.Name} of {api.App} is still pending and may become live after this undo. Stop its release command with heroku ps:stop, then look at heroku releases --app {api.App}.");
        }
    }

    /// <summary>Takes away what a killed process left on this machine and on the account.</summary>
    private async ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        if (context.TryGet(PushMark.Key, out var mark) && Directory.Exists(mark.Directory))
        {
            await LeftProcesses.EndAsync(mark.Directory, api.Clock, cancellationToken).ConfigureAwait(false);
            PrivateDirectory.Remove(mark.Directory);
        }

        if (options.Transport == HerokuTransport.Ssh)
        {
            await SshKey.RemoveAllAsync(api, context, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<(Stage Stage, BuildInfo? Build, ReleaseInfo? Release)> WaitAsync(PushMark mark, Patience patience, bool stop, CancellationToken cancellationToken)
    {
        var startedAt = api.Clock.GetTimestamp();
        (Stage Stage, BuildInfo? Build, ReleaseInfo? Release) seen;
        do
        {
            seen = await LookAsync(mark, cancellationToken).ConfigureAwait(false);
            if (stop && seen is { Stage: Stage.Building, Build.Status: "pending" } && mark.IsOf(seen.Build))
            {
                await CancelAsync(seen.Build, cancellationToken).ConfigureAwait(false);
                seen = await LookAsync(mark, cancellationToken).ConfigureAwait(false);
            }
        }
        while ((seen.Stage is Stage.Building or Stage.Unknown || (seen.Stage == Stage.Unseen && api.Clock.GetElapsedTime(startedAt) < Grace))
            && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));
        return seen;
    }

    private async ValueTask<(Stage Stage, BuildInfo? Build, ReleaseInfo? Release)> LookAsync(PushMark mark, CancellationToken cancellationToken)
    {
        if (await api.PollAsync(api.Of("builds"), AnswerJson.Default.BuildInfoArray, cancellationToken, "created_at ..; order=desc,max=50").ConfigureAwait(false) is not { } builds)
        {
            return default;
        }

        // While it runs, a build of git may not say yet of what it is.
        var build = Array.Find(builds, one => one.Status == "pending" && (mark.IsOf(one) || (mark.Commit is not null && one.SourceBlob?.Version is null)))
            ?? Array.Find(builds, mark.IsOf);
        if (build is { Status: "pending" } or { Status: "succeeded", Release: null })
        {
            return (Stage.Building, build, null);
        }

        if (await _book.PollAsync(cancellationToken).ConfigureAwait(false) is not { } releases)
        {
            return default;
        }

        foreach (var release in releases)
        {
            if (build?.Release is { } made
                ? release.Id == made.Id
                : mark.Commit is not null && release.Version > mark.Before && await _book.IsOfAsync(release, mark.Commit, cancellationToken).ConfigureAwait(false))
            {
                return (Stage.Released, build, release);
            }
        }

        return (build is null ? Stage.Unseen : Stage.Failed, build, null);
    }

    private async ValueTask CancelAsync(BuildInfo build, CancellationToken cancellationToken)
    {
        try
        {
            await api.SendAsync(HttpMethod.Delete, api.Of($"builds/{build.Id}"), null, true, cancellationToken).ConfigureAwait(false);
            await context.Output.NoteAsync($"build {build.Id} canceled", cancellationToken).ConfigureAwait(false);
        }
        catch (HerokuException e)
        {
            await context.Output.NoteAsync($"build {build.Id} could not be canceled, waiting for its end: {e.Message}", cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> EndReleaseAsync(ReleaseInfo release, Patience patience, CancellationToken cancellationToken)
    {
        foreach (var dyno in await api.PollAsync(api.Of("dynos"), AnswerJson.Default.DynoInfoArray, cancellationToken).ConfigureAwait(false) ?? [])
        {
            if (dyno.Type == "release" && dyno.Release?.Version == release.Version)
            {
                await new OneOffDynos(api, options, CertificateTrust.Of(options.CaFile)).StopAsync(dyno).ConfigureAwait(false);
            }
        }

        do
        {
            release = await api.PollAsync(api.Of($"releases/{release.Version}"), AnswerJson.Default.ReleaseInfo, cancellationToken).ConfigureAwait(false) ?? release;
        }
        while (release.Status == "pending" && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return release.Status != "pending";
    }

    private static Evidence EvidenceOf(BuildInfo build) => new("build", $"build {build.Id} {build.Status}");
}
