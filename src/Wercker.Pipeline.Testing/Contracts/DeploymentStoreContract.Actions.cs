using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What people do: to targets, to deployments, and to the questions that these wait over.</summary>
public sealed partial class DeploymentStoreContract
{
    private static async Task ListsLeasesAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await store.FreezeAsync("staging", "inventory", "ben", cancellationToken).ConfigureAwait(false);
        var lease = await store.AcquireAsync(Target, Ask("d1"), cancellationToken).ConfigureAwait(false);
        var listed = await store.ListLeasesAsync(cancellationToken).ConfigureAwait(false);
        Expect.That(
            listed is [{ Target: Target, DeploymentId: "d1", Owner: "ann", IsOrphaned: false }, { Target: "staging", DeploymentId: null, Owner: "ben", Message: "inventory", IsOrphaned: false }],
            $"Listed {string.Join(", ", listed)}.");
        Expect.That(listed[0] == await store.FindLeaseAsync(Target, cancellationToken).ConfigureAwait(false), "A lease is found otherwise than it is listed.");
        Expect.That(listed[0].FencingToken == lease.FencingToken, "A lease is listed with another fencing token.");
        await lease.DisposeAsync().ConfigureAwait(false);
        Expect.That((await store.ListLeasesAsync(cancellationToken).ConfigureAwait(false)).Count == 1, "A lease that was given back is still listed.");
    }

    private static async Task ReleasesWithTheLastEventAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        var lease = await store.AcquireAsync(Target, Ask("d1"), cancellationToken).ConfigureAwait(false);
        await StartAsync(store, "d1", "shop", Target, 0, cancellationToken).ConfigureAwait(false);
        await store.AppendAsync(Finish("d1", 2), cancellationToken).ConfigureAwait(false);
        Expect.That(await store.FindLeaseAsync(Target, cancellationToken).ConfigureAwait(false) is null, "A process that is killed after its last event leaves the target held.");
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task UnlocksAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        var lease = await store.AcquireAsync(Target, Ask("d1"), cancellationToken).ConfigureAwait(false);
        var ended = await store.UnlockAsync(Target, "the runner is gone", "ben", cancellationToken).ConfigureAwait(false);
        Expect.That(ended is { DeploymentId: "d1", Owner: "ann" }, $"It ended {ended}.");
        Expect.That(!await lease.CheckAsync(cancellationToken).ConfigureAwait(false), "The owner does not notice that its target was taken away.");
        Expect.That(await store.UnlockAsync(Target, "again", "ben", cancellationToken).ConfigureAwait(false) is null, "A free target was unlocked.");
        var actions = await store.ListActionsAsync(null, null, 10, cancellationToken).ConfigureAwait(false);
        Expect.That(actions is [{ Kind: "unlock", By: "ben", Target: Target, DeploymentId: "d1", Reason: "the runner is gone" }], $"Recorded {string.Join(", ", actions)}.");
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task FreezesAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await store.FreezeAsync(Target, "inventory until Monday", "ann", cancellationToken).ConfigureAwait(false);
        var refusal = await RefusalAsync(async () => await store.AcquireAsync(Target, Ask("d1"), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        Expect.That(refusal.Contains("inventory until Monday", StringComparison.Ordinal) && refusal.Contains("ann", StringComparison.Ordinal), $"The refusal does not say why and by whom: {refusal}");
        refusal = await RefusalAsync(() => store.FreezeAsync(Target, "again", "ben", cancellationToken)).ConfigureAwait(false);
        Expect.That(refusal.Contains("inventory until Monday", StringComparison.Ordinal), $"Who freezes a frozen target is not told why it is: {refusal}");
        Expect.That(await store.ThawAsync(Target, "it is Monday", "ben", cancellationToken).ConfigureAwait(false) is { DeploymentId: null, Message: "inventory until Monday" }, "Another freeze was ended.");
        var actions = await store.ListActionsAsync(null, null, 10, cancellationToken).ConfigureAwait(false);
        Expect.That(
            actions is [{ Kind: "thaw", By: "ben", Target: Target, Reason: "it is Monday" }, { Kind: "freeze", By: "ann", Target: Target, Reason: "inventory until Monday" }],
            $"Recorded {string.Join(", ", actions)}.");

        var lease = await store.AcquireAsync(Target, Ask("d2"), cancellationToken).ConfigureAwait(false);
        refusal = await RefusalAsync(() => store.FreezeAsync(Target, "now", "ann", cancellationToken)).ConfigureAwait(false);
        Expect.That(refusal.Contains("d2", StringComparison.Ordinal), $"Who freezes a target that is deployed to is not told by what: {refusal}");
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ThawsOnlyFreezesAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        var lease = await store.AcquireAsync(Target, Ask("d1"), cancellationToken).ConfigureAwait(false);
        Expect.That(await store.ThawAsync(Target, "it is Monday", "ben", cancellationToken).ConfigureAwait(false) is null, "A target that is not frozen was thawed.");
        Expect.That(await lease.CheckAsync(cancellationToken).ConfigureAwait(false), "Thawing took the target from a deployment.");
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task AsksForCancellationAsync(
        IDeploymentStore store, Func<IDeploymentStore, CancellationToken, ValueTask<IDeploymentStore>> reopen, CancellationToken cancellationToken)
    {
        await store.RequestCancelAsync("d1", "ann", cancellationToken).ConfigureAwait(false);
        await store.RequestCancelAsync("d1", "ben", cancellationToken).ConfigureAwait(false);
        var other = await reopen(store, cancellationToken).ConfigureAwait(false);
        await using (other.ConfigureAwait(false))
        {
            Expect.That(await other.FindCancelRequestAsync("d1", cancellationToken).ConfigureAwait(false) == "ann", "Who asked first is not named.");
            Expect.That(await other.FindCancelRequestAsync("d2", cancellationToken).ConfigureAwait(false) is null, "Another deployment is to be canceled, too.");
            var actions = await other.ListActionsAsync("d1", null, 10, cancellationToken).ConfigureAwait(false);
            Expect.That(actions is [{ Kind: "cancel", By: "ben", DeploymentId: "d1" }, { Kind: "cancel", By: "ann" }], $"Recorded {string.Join(", ", actions)}.");
        }
    }

    private static async Task ListsActionsAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        for (var i = 1; i <= 5; i++)
        {
            await store.RecordActionAsync(new ActionEntry { By = "ann", Kind = "test-connection", DeploymentId = i == 2 ? "d2" : null, Reason = $"{i}" }, cancellationToken).ConfigureAwait(false);
        }

        var first = await store.ListActionsAsync(null, null, 3, cancellationToken).ConfigureAwait(false);
        Expect.That(first.Select(action => action.Reason).SequenceEqual(["5", "4", "3"]), $"The first page is {string.Join(", ", first)}.");
        Expect.That(first.All(action => action.At > DateTimeOffset.UnixEpoch), "An action has no time.");
        var next = await store.ListActionsAsync(null, first[^1].Number, 3, cancellationToken).ConfigureAwait(false);
        Expect.That(next.Select(action => action.Reason).SequenceEqual(["2", "1"]), $"The next page is {string.Join(", ", next)}.");
        var ofOne = await store.ListActionsAsync("d2", null, 3, cancellationToken).ConfigureAwait(false);
        Expect.That(ofOne is [{ Kind: "test-connection", By: "ann", DeploymentId: "d2", Target: null, QuestionId: null, Choice: null, Reason: "2" }], $"Done to d2: {string.Join(", ", ofOne)}.");
    }

    private static async Task<string> RefusalAsync(Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (DeploymentLockedException e)
        {
            return e.Message;
        }

        throw new ContractViolationException($"A target that is held or frozen was given: throw {nameof(DeploymentLockedException)}.");
    }

    private static LeaseRequest Ask(string deployment) => new(deployment, "ann", TimeSpan.Zero);
}
