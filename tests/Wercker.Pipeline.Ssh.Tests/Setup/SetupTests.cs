using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline.Ssh.Tests.Setup;

public class SetupTests
{
    [Test]
    public async Task Check_EverythingThere_SaysWhatIsLiveAndChangesNothing()
    {
        await using var servers = new Servers(2);
        var report = await servers.RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
        Assert.That(report.Evidence.Single(one => one.Kind == "hosts").Text, Is.EqualTo("h1: ready (live: -)\nh2: ready (live: -)\n"));
        Assert.That(Directory.GetFileSystemEntries(servers.Root()), Is.Empty);
    }

    [Test]
    public async Task Check_NoSpaceAndNoFile_SaysBoth()
    {
        await using var servers = new Servers();
        servers.Options = servers.Options with { Reserve = long.MaxValue / 4, LinkedFiles = ["db.yml"] };
        var report = await servers.RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("shared/db.yml is not there: put it there").And.Contain("must stay free: make room"));
    }

    [Test]
    public async Task Check_NoRights_SaysWhomToGiveTheDirectoryTo()
    {
        if (!Wercker.Pipeline.Tests.Servers.SshServer.IsRoot)
        {
            Assert.Ignore("Only root can give the server a user without rights.");
        }

        await using var servers = new Servers();
        servers.Options = servers.Options with
        {
            Login = servers.Options.Login with { User = Wercker.Pipeline.Tests.Servers.SshServer.Plain },
        };
        var report = await servers.RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed), report.Message + report.Error);
        Assert.That(report.Message, Does.Contain("wercker-plain may not write to").And.Contain("give it to wercker-plain"));
    }

    [Test]
    public async Task Check_HostAway_IsUnreachableOrLeftOut([Values] bool skip)
    {
        await using var servers = new Servers(2);
        servers.Options = servers.Options with
        {
            Hosts = [servers.Hosts[0], servers.Hosts[1] with { Port = Wercker.Pipeline.Tests.Servers.ServerProcess.FreePort(), Name = "away" }],
            Fleet = new SshFleet { SkipUnreachable = skip },
        };
        var report = await servers.RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(skip ? StepStatus.Succeeded : StepStatus.Failed), report.Message + report.Error);
        Assert.That(report.Evidence.Single(one => one.Kind == "hosts").Text, Does.Contain("away: unreachable (cannot be reached at 127.0.0.1:"));
    }

    [Test]
    public async Task Check_SomebodySwitchedTheLink_NamesTheDeploymentThatWasThere()
    {
        await using var servers = new Servers();
        await servers.PushAsync();
        var ours = servers.Current();
        Directory.CreateDirectory(Path.Combine(servers.Root(), "releases", "by-hand"));
        File.Delete(Path.Combine(servers.Root(), "current"));
        File.CreateSymbolicLink(Path.Combine(servers.Root(), "current"), "releases/by-hand");

        var setup = await servers.RunAsync(new SetupStep());
        var push = await servers.RunAsync(new PushStep(), "v2");
        servers.Options = servers.Options with { AllowDrift = true };
        var allowed = await servers.RunAsync(new PushStep(), "v2");

        Assert.Multiple(() =>
        {
            Assert.That(setup.Status, Is.EqualTo(StepStatus.Failed));
            Assert.That(setup.Message, Does.Contain("\"current\" is by-hand, but deployment").And.Contain($"of anna left {ours} there").And.Contain("somebody else has changed it"));
            Assert.That(push.Status, Is.EqualTo(StepStatus.Failed));
            Assert.That(allowed.Status, Is.EqualTo(StepStatus.Succeeded), allowed.Message);
        });
    }

    [Test]
    public async Task Check_CurrentIsADirectory_IsRefused()
    {
        await using var servers = new Servers();
        Directory.CreateDirectory(Path.Combine(servers.Root(), "current"));
        var report = await servers.RunAsync(new SetupStep());

        Assert.That(report.Message, Does.Contain("is no link: move it away"));
    }
}
