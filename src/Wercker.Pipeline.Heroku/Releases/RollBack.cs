using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku.Releases;

/// <summary>Makes the code of an earlier release live again, at most once, and proves it. Config vars stay what they are.</summary>
internal sealed class RollBack(HerokuApi api, HerokuOptions options)
{
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ReleaseBook _book = new(api);

    /// <summary>Why nobody could go back to a release; null when the platform names no reason.</summary>
    public async ValueTask<string?> FindObstacleAsync(Release release, CancellationToken cancellationToken) =>
        await _book.FindAsync(release.Id, cancellationToken).ConfigureAwait(false) is { } wanted ? ObstacleOf(wanted) : $"{api.App} has no release {release.Id}";

    public async ValueTask<StepResult> RunAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        if (await _book.FindAsync(release.Id, cancellationToken).ConfigureAwait(false) is not { } wanted)
        {
            return StepResult.Failed($"{api.App} has no release {release.Id} to go back to");
        }

        var current = await _book.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        if (IsLive(current, wanted))
        {
            return StepResult.Skipped($"the code of release {wanted.Name} is live already, as {current!.Name}");
        }

        if (ObstacleOf(wanted) is { } obstacle)
        {
            return StepResult.Failed(
                $"release {wanted.Name} cannot be rolled back to: {obstacle}. Deploy the earlier revision instead.",
                ReleaseProof.EvidenceOf(wanted));
        }

        var variables = await GetVariablesAsync(cancellationToken).ConfigureAwait(false);
        var made = await FindBegunAsync(wanted, cancellationToken).ConfigureAwait(false) ?? await ReleaseAsync(wanted, cancellationToken).ConfigureAwait(false);
        await context.Output.NoteAsync($"rolling back to {wanted.Name}: release {made.Name}", cancellationToken).ConfigureAwait(false);
        var changed = await KeepVariablesAsync(variables, cancellationToken).ConfigureAwait(false);
        if (changed > 0)
        {
            await context.Output.NoteAsync($"{changed} config var{(changed == 1 ? string.Empty : "s")} put back that the roll back had changed", cancellationToken).ConfigureAwait(false);
            made = await _book.ListAsync(cancellationToken, 1).ConfigureAwait(false) is [var newest, ..] ? newest : made;
        }

        var proof = await new ReleaseProof(api, options).ProveAsync(Key(made), context.Output, cancellationToken).ConfigureAwait(false);
        return proof with { Message = proof.IsGood ? $"rolled back to {wanted.Name}: {proof.Message}" : $"the roll back to {wanted.Name} did not work: {proof.Message}" };
    }

    /// <summary>A roll back whose process was killed, and whose release phase still runs: it is followed, not asked for again.</summary>
    private async ValueTask<ReleaseInfo?> FindBegunAsync(ReleaseInfo wanted, CancellationToken cancellationToken) =>
        await _book.ListAsync(cancellationToken, 1).ConfigureAwait(false) is [{ Status: "pending" } newest, ..] && newest.Version > wanted.Version && newest.HasCodeOf(wanted)
            ? newest
            : null;

    private static string? ObstacleOf(ReleaseInfo wanted) => wanted switch
    {
        { HasCode: false } => "it has no code",
        { EligibleForRollback: false } => "the platform does not keep it any more",
        _ => null,
    };

    private static bool IsLive(ReleaseInfo? current, ReleaseInfo wanted) =>
        current is not null && (current.Version == wanted.Version || current.HasCodeOf(wanted));

    private static string Key(ReleaseInfo release) => release.Id ?? $"{release.Version}";

    private async ValueTask<ReleaseInfo> ReleaseAsync(ReleaseInfo wanted, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await api.SendAsync(
                    HttpMethod.Post, api.Of("releases"), new JsonObject { ["release"] = Key(wanted) }, AnswerJson.Default.ReleaseInfo, false, cancellationToken).ConfigureAwait(false);
            }
            catch (HerokuException e) when (e.IsOutcomeUnknown)
            {
                // It may have been done; looking tells. Asked for again, it names the same release, so one that comes late does no harm.
                if (await _book.ListAsync(cancellationToken, 1).ConfigureAwait(false) is [var newest, ..] && newest.Version != wanted.Version && newest.HasCodeOf(wanted))
                {
                    return newest;
                }

                if (tries == Tries)
                {
                    throw;
                }
            }

            await Task.Delay(Pause, api.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<Dictionary<string, string?>> GetVariablesAsync(CancellationToken cancellationToken) =>
        await api.GetAsync(api.Of("config-vars"), AnswerJson.Default.DictionaryStringString, cancellationToken).ConfigureAwait(false);

    /// <summary>Heroku's releases hold config vars too, and a roll back brings the old ones. What was set since, by people or add-ons, would be lost.</summary>
    /// <returns>How many were put back.</returns>
    private async ValueTask<int> KeepVariablesAsync(Dictionary<string, string?> wanted, CancellationToken cancellationToken)
    {
        var found = await GetVariablesAsync(cancellationToken).ConfigureAwait(false);
        var changes = new JsonObject();
        foreach (var (name, value) in wanted.Where(pair => !found.TryGetValue(pair.Key, out var now) || now != pair.Value))
        {
            changes[name] = value;
        }

        foreach (var name in found.Keys.Except(wanted.Keys))
        {
            changes[name] = null;
        }

        if (changes.Count > 0)
        {
            await api.SendAsync(HttpMethod.Patch, api.Of("config-vars"), changes, true, cancellationToken).ConfigureAwait(false);
        }

        return changes.Count;
    }
}
