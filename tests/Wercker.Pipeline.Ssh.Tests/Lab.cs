using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests;

/// <summary>One server for all tests.</summary>
[SetUpFixture]
public sealed class Lab
{
    internal static SshServer Server { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => Server = await SshServer.StartAsync();

    [OneTimeTearDown]
    public async Task EndAsync() => await Server.DisposeAsync();
}
