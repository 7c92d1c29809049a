using Wercker.Pipeline.Testing.Sandboxes;

namespace Wercker.Pipeline.Ssh.Tests.Sandboxes;

public sealed class SshSandboxContractTests
{
    private static SshSandboxProvider _builtIn = null!;
    private static SshSandboxProvider _openSsh = null!;

    [OneTimeSetUp]
    public static void Make() => (_builtIn, _openSsh) = (Provider(SshClientKind.BuiltIn), Provider(SshClientKind.OpenSsh));

    [OneTimeTearDown]
    public static async Task EndAsync()
    {
        await _builtIn.DisposeAsync();
        await _openSsh.DisposeAsync();
    }

    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    [CancelAfter(120_000)]
    public Task CheckAsync_BuiltInClient_KeepsRule(string rule, CancellationToken cancellationToken) => new SandboxContract(() => _builtIn).CheckAsync(rule, cancellationToken);

    [TestCaseSource(typeof(SandboxContract), nameof(SandboxContract.Rules))]
    [CancelAfter(120_000)]
    public Task CheckAsync_OpenSshClient_KeepsRule(string rule, CancellationToken cancellationToken) => new SandboxContract(() => _openSsh).CheckAsync(rule, cancellationToken);

    private static SshSandboxProvider Provider(SshClientKind client) => new(new SshHost("127.0.0.1") { Name = "box", Port = Lab.Server.Port }, Servers.LoginOf(client));
}
