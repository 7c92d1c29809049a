using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Dynos;

namespace Wercker.Pipeline.Heroku.Releases;

/// <summary>
/// Proves that a release is what runs: its release phase succeeded, it is the live one, and its dynos are up. Each can be wrong
/// while all that came before was right.
/// </summary>
internal sealed class ReleaseProof(HerokuApi api, HerokuOptions options)
{
    /// <summary>How long a release that succeeded may take to be the live one.</summary>
    private static readonly TimeSpan Switch = TimeSpan.FromSeconds(10);

    private readonly ReleaseBook _book = new(api);

    /// <summary>Waits for the proof.</summary>
    /// <param name="name">The release: its id, or its version.</param>
    /// <param name="output">Shows the output of the release phase.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async ValueTask<StepResult> ProveAsync(string name, IOutputWriter output, CancellationToken cancellationToken)
    {
        var first = await api.GetAsync(api.Of($"releases/{name}"), AnswerJson.Default.ReleaseInfo, cancellationToken).ConfigureAwait(false);
        var tail = new OutputTail(output);
        var release = await OutputFollower.WhileAsync(
            api, first.OutputStreamUrl, tail, () => AwaitEndAsync(name, first, cancellationToken), cancellationToken).ConfigureAwait(false);
        Evidence[] evidence = [EvidenceOf(release), .. tail.ToEvidence("release phase")];
        switch (release.Status)
        {
            // A platform that knows no status knows no release phase either.
            case "succeeded" or null:
                break;
            case "pending":
                return StepResult.Failed(
                    $"release {release.Name} is still pending after {Patience.Words(options.ReleaseTimeout)}: its release phase does not end. Look at it with heroku releases:output {release.Name} --app {api.App}.",
                    evidence);
            default:
                return StepResult.Failed($"release {release.Name} {release.Status}: its release phase did not succeed, so the release before it is still live", evidence);
        }

        var (current, succeeded) = await AwaitCurrentAsync(release, cancellationToken).ConfigureAwait(false);
        if (!succeeded)
        {
            return StepResult.Failed(
                $"release {release.Name} succeeded, but {(current is null ? "no release" : current.Name)} is live: somebody released something else, or the platform did not switch", evidence);
        }

        var dynos = await new DynoWatch(api, options).AwaitUpAsync(
            $"release {current!.Name}", dyno => dyno.Release?.Version is not { } version || version >= release.Version, false, cancellationToken).ConfigureAwait(false);
        return dynos with { Message = dynos.IsGood ? $"{dynos.Message}; it is live" : dynos.Message, Evidence = [.. evidence, .. dynos.Evidence] };
    }

    public static Evidence EvidenceOf(ReleaseInfo release) => new("release", $"{release.Name} {release.Status}{(release.Description is null ? string.Empty : $": {release.Description}")}")
    {
        Data = new JsonObject
        {
            ["version"] = release.Version,
            ["status"] = release.Status,
            ["current"] = release.Current,
            ["description"] = release.Description,
        },
    };

    private async Task<ReleaseInfo> AwaitEndAsync(string name, ReleaseInfo release, CancellationToken cancellationToken)
    {
        var patience = new Patience(api.Clock, options.ReleaseTimeout);
        while (release.Status == "pending" && await patience.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            release = await api.PollAsync(api.Of($"releases/{name}"), AnswerJson.Default.ReleaseInfo, cancellationToken).ConfigureAwait(false) ?? release;
        }

        return release;
    }

    private async ValueTask<(ReleaseInfo? Current, bool Succeeded)> AwaitCurrentAsync(ReleaseInfo release, CancellationToken cancellationToken)
    {
        if (release.Current == true)
        {
            return (release, true);
        }

        var patience = new Patience(api.Clock, Switch);
        ReleaseInfo? current = null;
        do
        {
            current = await _book.PollAsync(cancellationToken).ConfigureAwait(false) is { } releases ? ReleaseBook.CurrentOf(releases) : current;

            // A config var that somebody sets meanwhile makes another release of the same code; that is still ours.
            if (current is not null && (current.Version == release.Version || (current.Version > release.Version && current.HasCodeOf(release))))
            {
                return (current, true);
            }
        }
        while (await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return (current, false);
    }
}
