using System.Text;
using System.Text.RegularExpressions;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Testing.Contracts;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Dokku;

/// <summary>Deployments by git over a real sshd.</summary>
[CancelAfter(180_000)]
public sealed class DokkuTests
{
    [Test]
    public async Task Target_OfAnApp_KeepsTheContract(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        await shop.DeployAsync();
        var contract = new TargetContract(() => shop.Make(shop.Options), (target, body, token) => shop.AskAsync((DokkuTarget)target, async (context, _) =>
        {
            await body(context, token);
            return true;
        }));

        await contract.Rules.VerifyAllAsync(cancellationToken);
    }

    [Test]
    public async Task Deploy_Twice_StandsOnTheCommitBeforeAndSkipsTheSameFiles(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        var first = await shop.DeployAsync();
        var head = server.Head;
        server.Write("index.html", "two");
        var second = await shop.DeployAsync("v2");
        var third = await shop.DeployAsync("v2");

        Assert.That(first.Status, Is.EqualTo(DeployStatus.Succeeded), first.Summary);
        Assert.That(Push(first).Message, Does.Contain("is live, and its processes run"));
        Assert.That(second.Status, Is.EqualTo(DeployStatus.Succeeded), second.Summary);
        Assert.That(server.Live, Is.EqualTo("two"));
        Assert.That(SshServer.Run("git", "-C", Path.Combine(server.Root, "shop.git"), "rev-parse", "HEAD^").Trim(), Is.EqualTo(head));
        Assert.That(Push(third).Status, Is.EqualTo(StepStatus.Skipped), Push(third).Message);
        Assert.That(Regex.Count(server.Ssh.Log, Regex.Escape(Fingerprint(server))), Is.EqualTo(1), "one log in for git and commands of three deployments");
        Assert.That(server.Calls, Has.Some.EqualTo("maintenance:enable shop").And.Some.EqualTo("maintenance:disable shop").And.Some.EqualTo("ps:restart shop"));
    }

    [Test]
    public async Task Deploy_BuildThatFails_ChangesNothing(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        await shop.DeployAsync();
        var head = server.Head;
        server.Write("build", "echo compiling; echo no such module; exit 1");

        var report = await shop.DeployAsync("v2");

        Assert.That(Push(report).Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(Push(report).Message, Does.Contain("its build or its checks failed"));
        Assert.That(Push(report).Evidence[0].Text, Does.Contain("Building shop from herokuish").And.Contain("no such module").And.Contain("Build failed"));
        Assert.That((report.Restore, server.Head, server.Live), Is.EqualTo((RestoreStatus.Restored, head, "one")), "maintenance is put back, and the old release was never gone");
    }

    [Test]
    public async Task Deploy_TestFails_PushesTheCommitFromBefore(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        await shop.DeployAsync();
        var head = server.Head;
        server.Write("index.html", "two");

        var report = await shop.DeployAsync("v2", thenFail: true);

        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored), string.Join('\n', report.Reverts.Select(revert => revert.Message)));
        Assert.That((server.Head, server.Live), Is.EqualTo((head, "one")));
    }

    [Test]
    public async Task Deploy_ProcessesThatDoNotRun_FailAndAreRolledBack(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        await shop.DeployAsync();
        server.Write("sick", "");

        var report = await shop.DeployAsync("v2");

        Assert.That(Push(report).Message, Does.Contain("do not all run").And.Contain("running: mixed"));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
        Assert.That(File.Exists(Path.Combine(server.Root, "shop.live", "sick")), Is.False);
    }

    [Test]
    public async Task Deploy_WithoutTheMaintenancePlugin_SkipsThePhaseAndSaysWhy(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        server.ClearState("maintenance-plugin");

        var report = await shop.DeployAsync();

        var maintenance = report.Steps.Single(step => step.Name == "MaintenanceOn");
        Assert.That((maintenance.Status, maintenance.Message), Is.EqualTo((StepStatus.Skipped, "dokku has no plugin dokku-maintenance")));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
    }

    [Test]
    public async Task Run_Command_ReachesTheShellAsItIsWritten(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        await shop.DeployAsync();
        var target = shop.Target;
        var output = new Collector();

        var result = await shop.AskAsync(target, (context, token) => target.RunAsync(context, new ShellCommand("cat index.html; echo\necho \"a  'b'\" \\* $COLOR | tr a-z A-Z\ncat\necho bad >&2\nexit 3"), output, token));

        Assert.That((result.End, result.ExitCode), Is.EqualTo((CommandEnd.Exited, 3)));
        Assert.That((output.TextOf(OutputStream.Output), output.TextOf(OutputStream.Error)), Is.EqualTo(("one\nA  'B' * BLUE\n", "bad\n")));
    }

    [Test]
    public async Task Run_CommandWithInput_IsRefusedBeforeAnythingIsSent(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var target = shop.Target;
        using var input = new MemoryStream([1]);

        Assert.That(
            async () => await shop.AskAsync(target, (context, token) => target.RunAsync(context, new ShellCommand("cat") { Input = input }, new Collector(), token)),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("shop gives its one-off commands no input"));
        Assert.That(shop.Server.Calls, Is.Empty);
    }

    [Test]
    public async Task Check_WhatIsWrong_IsSaid(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        var app = await shop.DeployAsync(target: shop.Make(shop.Options with { App = "nothing" }));
        var key = await shop.DeployAsync(target: shop.Make(shop.Options with { Host = shop.Options.Host with { Fingerprint = "SHA256:AAAA" } }));
        server.SetState("shop.lock");
        var locked = await shop.DeployAsync();

        Assert.That(app.Steps[0].Message, Does.Contain("has no app nothing").And.Contain("apps:create"));
        Assert.That(key.Steps[0].Message, Does.Contain("key"));
        Assert.That(locked.Steps[0].Message, Does.Contain("being deployed by somebody else"));
        Assert.That(new[] { app, key, locked }.Select(report => report.Status), Is.All.EqualTo(DeployStatus.Failed));
    }

    [Test]
    public async Task Push_HostKeyIsNotKnown_IsRefused(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var server = shop.Server;
        var empty = Path.Combine(server.Root, "no-hosts");
        await File.WriteAllTextAsync(empty, string.Empty, cancellationToken);
        var target = shop.Make(shop.Options with { Login = shop.Options.Login with { KnownHostsFile = empty } });

        Assert.That(async () => await shop.AskAsync(target, target.PushAsync), Throws.TypeOf<SshException>().With.Message.Contains("key is not the known one"));
        Assert.That(server.Calls, Is.Empty, "nothing was sent to it");
    }

    [Test]
    public async Task Verify_CommitThatArrivedAfterAll_IsProven(CancellationToken cancellationToken)
    {
        await using var shop = new DokkuShop();
        var target = shop.Target;

        var (before, arrived) = await shop.AskAsync(target, async (context, token) =>
        {
            var untouched = await target.VerifyPushAsync(context, null, token);
            await target.PushAsync(context, token);
            return (untouched, await target.VerifyPushAsync(context, null, token));
        });

        Assert.That(before, Is.Null, "nothing was sent, so it is pushed");
        Assert.That(arrived!.Status, Is.EqualTo(StepStatus.Succeeded), arrived.Message);
    }

    private static StepReport Push(DeployReport report) => report.Steps.Single(step => step.Name == "Push");

    private static string Fingerprint(DokkuServer server) => SshServer.Run("ssh-keygen", "-lf", server.Key + ".pub").Split(' ')[1];

    private sealed class Collector : IOutputWriter
    {
        private readonly Dictionary<OutputStream, string> _texts = [];

        public string TextOf(OutputStream stream) => _texts.GetValueOrDefault(stream, string.Empty);

        public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            _texts[stream] = TextOf(stream) + Encoding.UTF8.GetString(bytes.Span);
            return ValueTask.CompletedTask;
        }
    }
}
