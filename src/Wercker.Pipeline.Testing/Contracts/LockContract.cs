using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>What every <see cref="IDeploymentLock"/> must do.</summary>
public sealed class LockContract
{
    private const string Target = "production";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Func<CancellationToken, ValueTask<IDeploymentLock>> _create;

    /// <summary>Makes the kit.</summary>
    /// <param name="create">Makes a lock without leases; called once per rule. The kit disposes it if it can be disposed.</param>
    public LockContract(Func<CancellationToken, ValueTask<IDeploymentLock>> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        Rules =
        [
            Rule("A free target is given, and the lease holds", GivesAFreeTargetAsync),
            Rule("A taken target is refused, and the refusal names who has it", RefusesATakenTargetAsync),
            Rule("Who waits gets the target when it is given back", GivesToWhoWaitsAsync),
            Rule("The fencing token grows with every owner", GrowsItsTokenAsync),
            Rule("A lease that is over takes nothing from the next owner", ReleasesOnlyItsOwnAsync),
            Rule("Targets do not exclude each other", KeepsTargetsApartAsync),
            Rule("Waiting can be canceled", CancelsWaitingAsync),
            Rule("Of many that ask at once, one at a time has the target", ExcludesManyAsync),
        ];
    }

    /// <summary>The rules.</summary>
    public IReadOnlyList<ContractRule> Rules { get; }

    private ContractRule Rule(string name, Func<IDeploymentLock, CancellationToken, Task> verify) => new(name, async cancellationToken =>
    {
        var targetLock = await _create(cancellationToken).ConfigureAwait(false);
        try
        {
            await verify(targetLock, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Expect.DisposeAsync(targetLock).ConfigureAwait(false);
        }
    });

    private static async Task GivesAFreeTargetAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var lease = await targets.AcquireAsync(Target, Ask(1), cancellationToken).ConfigureAwait(false);
        Expect.That(await lease.CheckAsync(cancellationToken).ConfigureAwait(false), "A lease that was just given does not hold.");
        Expect.That(!lease.Lost.IsCancellationRequested, "A lease that was just given is lost.");
        await lease.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task RefusesATakenTargetAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var lease = await targets.AcquireAsync(Target, Ask(1), cancellationToken).ConfigureAwait(false);
        try
        {
            await (await targets.AcquireAsync(Target, Ask(2), cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (DeploymentLockedException e)
        {
            Expect.That(e.Target == Target, $"The refusal is about target '{e.Target}'.");
            Expect.That(e.Holder.Contains("deployment-1", StringComparison.Ordinal), $"The refusal does not name the deployment that has the target: {e.Holder}");
            Expect.That(await lease.CheckAsync(cancellationToken).ConfigureAwait(false), "Asking for a taken target ended the lease of its owner.");
            await lease.DisposeAsync().ConfigureAwait(false);
            return;
        }

        throw new ContractViolationException("Two deployments have one target.");
    }

    private static async Task GivesToWhoWaitsAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var lease = await targets.AcquireAsync(Target, Ask(1), cancellationToken).ConfigureAwait(false);
        var waiting = targets.AcquireAsync(Target, Ask(2, Patience), cancellationToken).AsTask();
        Expect.That(!waiting.IsCompleted, "Who waits got a target that is taken.");
        await lease.DisposeAsync().ConfigureAwait(false);
        await (await waiting.WaitAsync(Patience, cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private static async Task GrowsItsTokenAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var last = long.MinValue;
        for (var i = 1; i <= 5; i++)
        {
            var lease = await targets.AcquireAsync(Target, Ask(i), cancellationToken).ConfigureAwait(false);
            Expect.That(lease.FencingToken > last, $"Token {lease.FencingToken} follows token {last}: who is late could not be told from who is not.");
            last = lease.FencingToken;
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task ReleasesOnlyItsOwnAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var first = await targets.AcquireAsync(Target, Ask(1), cancellationToken).ConfigureAwait(false);
        await first.DisposeAsync().ConfigureAwait(false);
        var second = await targets.AcquireAsync(Target, Ask(2), cancellationToken).ConfigureAwait(false);
        await first.DisposeAsync().ConfigureAwait(false);
        Expect.That(await second.CheckAsync(cancellationToken).ConfigureAwait(false), "Giving back a lease twice ended the lease of the next owner.");
        try
        {
            await (await targets.AcquireAsync(Target, Ask(3), cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (DeploymentLockedException)
        {
            await second.DisposeAsync().ConfigureAwait(false);
            return;
        }

        throw new ContractViolationException("Giving back a lease twice freed the target under the next owner.");
    }

    private static async Task KeepsTargetsApartAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        foreach (var target in new[] { "a", "A", "a/b", "ä 'x' \"y\"", "%" })
        {
            var one = await targets.AcquireAsync(target, Ask(1), cancellationToken).ConfigureAwait(false);
            var other = await targets.AcquireAsync(target + "2", Ask(2), cancellationToken).ConfigureAwait(false);
            await one.DisposeAsync().ConfigureAwait(false);
            await other.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task CancelsWaitingAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var lease = await targets.AcquireAsync(Target, Ask(1), cancellationToken).ConfigureAwait(false);
        await Expect.CanceledAsync(nameof(IDeploymentLock.AcquireAsync), async token => await targets.AcquireAsync(Target, Ask(2, Patience), token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await lease.DisposeAsync().ConfigureAwait(false);
        await (await targets.AcquireAsync(Target, Ask(3, Patience), cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
    }

    private static async Task ExcludesManyAsync(IDeploymentLock targets, CancellationToken cancellationToken)
    {
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(1, 6).Select(i => Task.Run(
            async () =>
            {
                var lease = await targets.AcquireAsync(Target, Ask(i, Patience), cancellationToken).ConfigureAwait(false);
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Expect.That(await lease.CheckAsync(cancellationToken).ConfigureAwait(false), "An owner lost the target although it was alive.");
                Interlocked.Decrement(ref inside);
                await lease.DisposeAsync().ConfigureAwait(false);
            },
            cancellationToken))).ConfigureAwait(false);
        Expect.That(most == 1, $"{most} deployments had the target at once.");
    }

    private static LeaseRequest Ask(int number, TimeSpan wait = default) => new($"deployment-{number}", "ann", wait);
}
