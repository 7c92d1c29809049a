using System.Globalization;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Connections;

/// <summary>Hosts that accept and then say nothing, as under SIGSTOP.</summary>
public class HungHostTests
{
    // A command on the host that leaves the number of its server process, and then waits.
    private const string Wait = "p=$PPID; while [ \"$(cat /proc/$p/comm)\" != sshd ]; do p=$(awk '{ print $4 }' /proc/$p/stat); done; echo $p > ../../connection; sleep 300";

    [Test]
    [CancelAfter(60_000)]
    public async Task Connect_HostThatDoesNotGreet_IsUnreachable([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        await using var server = await SshServer.StartAsync();
        var login = Servers.LoginOf(client) with { KeyFile = server.Key, KnownHostsFile = server.KnownHosts, ConnectTimeout = TimeSpan.FromSeconds(1) };
        Signal(server.ProcessId, "STOP");
        try
        {
            var refusal = await Assert.ThrowsAsync<SshException>(() => SshTarget.ConnectorOf(login).ConnectAsync(new SshHost("127.0.0.1") { Name = "web", Port = server.Port }, cancellationToken));
            Assert.That((refusal!.IsUnreachable, refusal.Host), Is.EqualTo((true, "web")), refusal.Message);
        }
        finally
        {
            Signal(server.ProcessId, "CONT");
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Run_ConnectionThatGoesSilent_IsLostAfterThreeTimesTheKeepAlive([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        await using var servers = new Servers(client: client);
        var login = servers.Options.Login with { KeepAlive = TimeSpan.FromSeconds(1) };
        var connection = await SshTarget.ConnectorOf(login).ConnectAsync(servers.Hosts[0], cancellationToken);
        var running = connection.RunAsync($"mkdir -p {servers.Root()}/a/b; cd {servers.Root()}/a/b; {Wait}", null, (_, _) => ValueTask.CompletedTask, cancellationToken);
        var process = await ConnectionOfAsync(servers, 0);

        // Silent for longer than that, and alive: it is asked, and answers.
        await Task.Delay(TimeSpan.FromSeconds(4), cancellationToken);
        Assert.That(running.IsCompleted, Is.False);
        Signal(process, "STOP");
        try
        {
            var loss = await Assert.ThrowsAsync<SshException>(() => running);
            Assert.That((loss!.IsUnreachable, loss.IsLost), Is.EqualTo((true, true)), loss.Message);
            Assert.That(connection.IsAlive, Is.False);
            await connection.DisposeAsync();
        }
        finally
        {
            Signal(process, "KILL");
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Push_OneHostHangs_FailsItInItsTimeAndReleasesTheOthers(CancellationToken cancellationToken)
    {
        await using var servers = new Servers(3);
        servers.Options = servers.Options with
        {
            HostTimeout = TimeSpan.FromSeconds(8),
            Prepare = $"if [ -e ../../hang ]; then {Wait}; fi",
            Fleet = new SshFleet { MaxFailedHosts = 1 },
        };
        servers.WriteOn(1, "hang", string.Empty);
        var push = servers.RunAsync(new PushStep(), cancellationToken: cancellationToken);
        var process = await ConnectionOfAsync(servers, 1);
        Signal(process, "STOP");
        var report = await push;
        Signal(process, "KILL");

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
        Assert.That(report.Evidence.Single(one => one.Kind == "hosts").Text, Does.Contain("h2: failed (did not finish within 8 seconds)"));
        Assert.That(new[] { servers.Current(0), servers.Current(1), servers.Current(2) }.Select(live => live.Split('-')[0]), Is.EqualTo(new[] { "v1", string.Empty, "v1" }));
    }

    private static async Task<int> ConnectionOfAsync(Servers servers, int host)
    {
        var file = Path.Combine(servers.Root(host), "connection");
        await ServerProcess.UntilAsync("The command does not start", () => Task.FromResult(File.Exists(file) && File.ReadAllText(file).EndsWith('\n')));
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }

    private static void Signal(int process, string signal) => SshServer.Run("kill", "-s", signal, process.ToString(CultureInfo.InvariantCulture));
}
