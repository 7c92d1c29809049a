using Wercker.Pipeline.Testing.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Tests;

[Platform("Linux")]
public sealed class BubblewrapContractTests
{
    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    [CancelAfter(60_000)]
    public Task CheckAsync_BubblewrapSandbox_KeepsRule(string rule, CancellationToken cancellationToken) =>
        new SandboxContract(() => new BubblewrapSandboxProvider { KillGrace = TimeSpan.FromMilliseconds(500) }).CheckAsync(rule, cancellationToken);
}
