using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Testing.Sandboxes;

namespace Wercker.Pipeline.Tests.Sandboxes;

public sealed class ProcessSandboxContractTests
{
    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    [CancelAfter(60_000)]
    public Task CheckAsync_ProcessSandbox_KeepsRule(string rule, CancellationToken cancellationToken) =>
        new SandboxContract(() => new ProcessSandboxProvider { KillGrace = TimeSpan.FromMilliseconds(500) }).CheckAsync(rule, cancellationToken);
}
