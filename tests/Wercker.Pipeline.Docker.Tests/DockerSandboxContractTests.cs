using Wercker.Pipeline.Testing.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests;

public sealed class DockerSandboxContractTests
{
    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    [CancelAfter(120_000)]
    public async Task CheckAsync_DockerSandbox_KeepsRule(string rule, CancellationToken cancellationToken)
    {
        using var provider = new DockerSandboxProvider { DefaultImage = BoxImage.Name };
        await new SandboxContract(() => provider).CheckAsync(rule, cancellationToken);
    }
}
