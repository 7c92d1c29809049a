using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Tests.Locks;

public sealed class InProcessLockTests
{
    private static IEnumerable<ContractRule> Rules => new LockContract(_ => ValueTask.FromResult<IDeploymentLock>(new InProcessLock())).Rules;

    [TestCaseSource(nameof(Rules))]
    public Task InProcessLock_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);
}
