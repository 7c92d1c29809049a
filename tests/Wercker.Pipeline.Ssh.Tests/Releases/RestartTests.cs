using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Releases;

/// <summary>Restarts as root and of units.</summary>
public class RestartTests
{
    // Of systemctl's own behaviour as far as a push asks for it: one process per unit, started anew by restart; is-active ends with 3 when there is none.
    private const string Systemctl =
        """
        #!/bin/sh
        units=$(dirname "$0")/../units
        verb=$1; [ "$2" = --quiet ] && shift; unit=$units/$2
        [ -x "$unit" ] || { echo "Failed to restart $2.service: Unit $2.service not found." >&2; exit 5; }
        case $verb in
          restart)
            [ ! -f "$unit.pid" ] || kill "$(cat "$unit.pid")" 2> /dev/null
            rm -f "$unit.ready"
            setsid "$unit" > /dev/null 2>&1 < /dev/null & echo $! > "$unit.pid"
            until [ -e "$unit.ready" ] || ! kill -0 $! 2> /dev/null; do sleep 0.05; done ;;
          is-active) kill -0 "$(cat "$unit.pid")" 2> /dev/null || exit 3 ;;
        esac
        """;

    [Test]
    [CancelAfter(60_000)]
    public async Task Restart_WithAPasswordForSudo_RunsAsRootAndThePasswordIsNowhere([Values] SshClientKind client, CancellationToken cancellationToken)
    {
        await using var servers = Plain(client);
        servers.Options = servers.Options with { Restart = "id -u > who; cat /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' ' ' | grep -c 'correct-horse-b[a]ttery' > seen; cat > input; echo restarted" };
        var report = await RestartAsync(servers, cancellationToken);

        Assert.Multiple(() =>
        {
            Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
            Assert.That(servers.Read("current/who"), Is.EqualTo("0\n"));
            Assert.That(servers.Read("current/seen"), Is.EqualTo("0\n"), "processes with the password in an argument");
            Assert.That(servers.Read("current/input"), Is.Empty, "the password is not handed on");
            Assert.That(Directory.EnumerateFiles(servers.Root(), "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(SshServer.Password, StringComparison.Ordinal)), Is.Empty);
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Restart_WithAWrongOrNoPassword_FailsAndSaysWhatSudoSaid([Values("wrong", null)] string? password, CancellationToken cancellationToken)
    {
        await using var servers = Plain(SshClientKind.BuiltIn);
        servers.Options = servers.Options with { Restart = "true", SudoPassword = password is null ? null : new Secret(password) };
        var report = await RestartAsync(servers, cancellationToken);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("the restart ended with exit code 1").And.Contain(password is null ? "a password is required" : "incorrect password attempt"));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Restart_OfAUnit_RestartsItAndWantsItActive(CancellationToken cancellationToken)
    {
        await using var server = await SshServer.StartAsync();
        await using var servers = new Servers();
        Script(Path.Combine(server.Programs, "systemctl"), Systemctl);
        Script(Path.Combine(server.Directory, "units", "shop"), "#!/bin/sh\n: > $0.ready\nexec sleep 300\n");
        Script(Path.Combine(server.Directory, "units", "ill"), "#!/bin/sh\nexit 1\n");
        servers.Options = servers.Options with
        {
            Hosts = [servers.Hosts[0] with { Port = server.Port }],
            Login = servers.Options.Login with { KeyFile = server.Key, KnownHostsFile = server.KnownHosts },
            Unit = "shop",
        };
        var first = await RestartAsync(servers, cancellationToken);
        var before = await File.ReadAllTextAsync(Path.Combine(server.Directory, "units", "shop.pid"), cancellationToken);
        var second = await servers.RunAsync(new RestartStep(), cancellationToken: cancellationToken);
        var after = await File.ReadAllTextAsync(Path.Combine(server.Directory, "units", "shop.pid"), cancellationToken);
        servers.Options = servers.Options with { Unit = "ill" };
        var ill = await servers.RunAsync(new RestartStep(), cancellationToken: cancellationToken);
        servers.Options = servers.Options with { Unit = "unknown" };
        var unknown = await servers.RunAsync(new RestartStep(), cancellationToken: cancellationToken);
        SshServer.Run("kill", after.Trim());

        Assert.Multiple(() =>
        {
            Assert.That((first.Status, second.Status), Is.EqualTo((StepStatus.Succeeded, StepStatus.Succeeded)), first.Message + first.Error + second.Message + second.Error);
            Assert.That(after, Is.Not.EqualTo(before), "another process");
            Assert.That(ill.Message, Does.Contain("the restart ended with exit code 3"));
            Assert.That(unknown.Message, Does.Contain("the restart ended with exit code 5").And.Contain("Unit unknown.service not found."));
        });
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Restart_OfAUnitWhereNoSystemdRuns_SaysWhatSystemctlSaid(CancellationToken cancellationToken)
    {
        if (Directory.Exists("/run/systemd/system") || !File.Exists("/usr/bin/systemctl"))
        {
            Assert.Ignore("It needs a machine with systemctl on which systemd does not run.");
        }

        await using var servers = new Servers();
        servers.Options = servers.Options with { Unit = "shop" };
        var report = await RestartAsync(servers, cancellationToken);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("the restart ended with exit code 1: ").And.Match("systemd|connect to bus"));
    }

    private static Servers Plain(SshClientKind client)
    {
        if (!SshServer.IsRoot)
        {
            Assert.Ignore("Only root can give the server a user with a password.");
        }

        var servers = new Servers(client: client);
        servers.Options = servers.Options with { Login = servers.Options.Login with { User = SshServer.Plain }, Sudo = true, SudoPassword = new Secret(SshServer.Password) };
        SshServer.Run("chown", SshServer.PlainId, servers.Root());
        return servers;
    }

    private static async Task<StepReport> RestartAsync(Servers servers, CancellationToken cancellationToken)
    {
        await servers.PushAsync();
        return await servers.RunAsync(new RestartStep(), cancellationToken: cancellationToken);
    }

    private static void Script(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        SshServer.Run("chmod", "755", file);
    }
}
