using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Testing.Tests.Contracts;

public class BrokenLockTests
{
    private static IEnumerable<TestCaseData> Defects =>
    [
        Defect("A free target is given", Fault.LeaseDoesNotHold),
        Defect("A taken target is refused", Fault.GivesToEverybody),
        Defect("A taken target is refused", Fault.HidesTheHolder),
        Defect("Who waits gets the target", Fault.DoesNotWait),
        Defect("The fencing token grows", Fault.TokenStands),
        Defect("A lease that is over takes nothing", Fault.ReleasesTwice),
        Defect("Targets do not exclude", Fault.OneTargetForAll),
        Defect("Waiting can be canceled", Fault.CannotBeCanceled),
        Defect("Of many that ask at once", Fault.GivesToEverybody),
    ];

    [TestCaseSource(nameof(Defects))]
    [CancelAfter(60_000)]
    public void LockContract_BrokenLock_IsCaughtByTheRuleForIt(string rule, int fault, CancellationToken cancellationToken)
    {
        var kit = new LockContract(_ => ValueTask.FromResult<IDeploymentLock>(new BrokenLock((Fault)fault)));
        var broken = kit.Rules.Single(one => one.Name.StartsWith(rule, StringComparison.Ordinal));

        // A lock that keeps its own rules refuses, or violates them; either way the rule does not hold.
        Assert.That(() => broken.VerifyAsync(cancellationToken), Throws.TypeOf<ContractViolationException>().Or.TypeOf<DeploymentLockedException>());
    }

    private static TestCaseData Defect(string rule, Fault fault) => new TestCaseData(rule, (int)fault).SetArgDisplayNames($"{rule}: {fault}");

    private enum Fault
    {
        LeaseDoesNotHold,
        GivesToEverybody,
        HidesTheHolder,
        DoesNotWait,
        TokenStands,
        ReleasesTwice,
        OneTargetForAll,
        CannotBeCanceled,
    }

    /// <summary>A lock with one thing done wrong.</summary>
    private sealed class BrokenLock(Fault fault) : IDeploymentLock
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);
        private long _token;

        public async ValueTask<IDeploymentLease> AcquireAsync(string target, LeaseRequest request, CancellationToken cancellationToken)
        {
            target = fault == Fault.OneTargetForAll ? "all" : target;
            for (var tries = 0; !TryTake(target, request); tries++)
            {
                if (request.Wait == TimeSpan.Zero || fault == Fault.DoesNotWait || (fault == Fault.CannotBeCanceled && tries > 20))
                {
                    throw new DeploymentLockedException(target, fault == Fault.HidesTheHolder ? "somebody" : _holders.GetValueOrDefault(target, "somebody"));
                }

                await Task.Delay(1, fault == Fault.CannotBeCanceled ? CancellationToken.None : cancellationToken);
            }

            return new Lease(this, target, fault == Fault.TokenStands ? 1 : Interlocked.Increment(ref _token));
        }

        private bool TryTake(string target, LeaseRequest request)
        {
            lock (_gate)
            {
                return fault == Fault.GivesToEverybody || _holders.TryAdd(target, request.DeploymentId);
            }
        }

        private sealed class Lease(BrokenLock owner, string target, long token) : IDeploymentLease
        {
            private bool _isReleased;

            public long FencingToken => token;

            public CancellationToken Lost => CancellationToken.None;

            public ValueTask<bool> CheckAsync(CancellationToken cancellationToken) => new(owner.Holds(target));

            public ValueTask DisposeAsync()
            {
                owner.Release(target, ref _isReleased);
                return ValueTask.CompletedTask;
            }
        }

        private bool Holds(string target)
        {
            lock (_gate)
            {
                return fault != Fault.LeaseDoesNotHold && (fault == Fault.GivesToEverybody || _holders.ContainsKey(target));
            }
        }

        private void Release(string target, ref bool isReleased)
        {
            lock (_gate)
            {
                if (!isReleased || fault == Fault.ReleasesTwice)
                {
                    _holders.Remove(target);
                }

                isReleased = true;
            }
        }
    }
}
