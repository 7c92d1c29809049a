using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Ssh.Tests;

public class SshTargetContractTests
{
    [TestCase(SshClientKind.BuiltIn)]
    [TestCase(SshClientKind.OpenSsh)]
    public async Task Target_WithEitherClient_KeepsTheContract(SshClientKind client)
    {
        await using var servers = new Servers(2, client);
        servers.Options = servers.Options with { Restart = "true" };
        await servers.PushAsync();
        var contract = new TargetContract(() => servers.Target(), (target, body, token) => RunAsync(servers, target, body, token));

        await contract.Rules.VerifyAllAsync(CancellationToken.None);
    }

    private static Task<bool> RunAsync(Servers servers, IDeployTarget target, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken) =>
        servers.AskAsync(
            async (_, context, _) =>
            {
                await body(context, cancellationToken);
                return true;
            },
            (SshTarget)target);
}
