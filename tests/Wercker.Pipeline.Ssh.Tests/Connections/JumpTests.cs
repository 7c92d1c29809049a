using System.Diagnostics;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Connections;

/// <summary>OpenSSH's own client with its own configuration: a jump host, and a key that only an agent has.</summary>
public class JumpTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task Push_ThroughAJumpHostWithAnAgent_ReachesTheTarget(CancellationToken cancellationToken)
    {
        await using var jump = await SshServer.StartAsync();
        await using var servers = new Servers();
        using var agent = new Agent();
        var config = Path.Combine(jump.Directory, "config");
        await File.WriteAllTextAsync(
            config,
            $"""
            Host inner
              HostName 127.0.0.1
              Port {Lab.Server.Port}
              UserKnownHostsFile {Lab.Server.KnownHosts}
              ProxyJump outer
            Host outer
              HostName 127.0.0.1
              Port {jump.Port}
              UserKnownHostsFile {jump.KnownHosts}
            Host *
              GlobalKnownHostsFile /dev/null
              IdentityAgent {agent.Socket}
              IdentityFile none

            """,
            cancellationToken);
        servers.Options = servers.Options with
        {
            Hosts = [new SshHost("inner") { Name = "h1", Path = servers.Root() }],
            Login = new SshLogin { Client = SshClientKind.OpenSsh, ConfigFile = config, ConnectTimeout = TimeSpan.FromSeconds(20) },
        };

        // The port is the configuration's: nobody named one.
        var without = await servers.RunAsync(new PushStep(), cancellationToken: cancellationToken);
        agent.Add(Lab.Server.Key);
        agent.Add(jump.Key);
        var with = await servers.RunAsync(new PushStep(), cancellationToken: cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(without.Status, Is.Not.EqualTo(StepStatus.Succeeded), "an agent without keys");
            Assert.That(with.Status, Is.EqualTo(StepStatus.Succeeded), with.Message + with.Error);
            Assert.That(servers.Read("current/index.html"), Is.EqualTo("one"));
            Assert.That(jump.Log, Does.Contain("Accepted publickey"), "it went through the jump host");
        });
    }

    /// <summary>A real agent of its own.</summary>
    private sealed class Agent : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("wercker-agent-");
        private readonly Process _process;

        public Agent()
        {
            _process = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", Socket]) { RedirectStandardOutput = true })!;
            ServerProcess.UntilAsync("The agent does not start", () => Task.FromResult(File.Exists(Socket))).GetAwaiter().GetResult();
        }

        public string Socket => Path.Combine(_directory.FullName, "agent");

        public void Add(string key)
        {
            var start = new ProcessStartInfo("ssh-add", ["-q", key]);
            start.Environment["SSH_AUTH_SOCK"] = Socket;
            using var process = Process.Start(start)!;
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero);
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _directory.Delete(recursive: true);
        }
    }
}
