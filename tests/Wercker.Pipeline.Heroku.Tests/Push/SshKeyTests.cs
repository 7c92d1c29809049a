using System.Text.Json.Nodes;
using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline.Heroku.Tests.Push;

public class SshKeyTests
{
    [TestCase(HerokuSshKeyType.Ed25519)]
    [TestCase(HerokuSshKeyType.Rsa)]
    public async Task Push_Ssh_LeavesNoKeyBehind(HerokuSshKeyType type)
    {
        await using var app = await LocalApp.StartAsync(ssh: true);

        var report = await app.PushAsync(app.Options(HerokuTransport.Ssh) with { SshKeyType = type });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(await app.CountAsync("/account/keys"), Is.Zero);
    }

    [Test]
    public async Task Push_UnknownHostKey_FailsAndLeavesNoKeyBehind()
    {
        await using var app = await LocalApp.StartAsync(ssh: true);
        var empty = Path.Combine(app.SourceDirectory, "no_hosts");
        await File.WriteAllTextAsync(empty, string.Empty);

        var report = await app.PushAsync(app.Options(HerokuTransport.Ssh) with { KnownHostsFile = empty });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("host key").And.Contain("knownHostsFile"));
        Assert.That(await app.CountAsync("/account/keys"), Is.Zero);
    }

    [Test]
    public async Task Push_KeyThatCannotBeDeleted_IsWarnedOfAndRemovedNextTime()
    {
        await using var app = await LocalApp.StartAsync(ssh: true);
        app.Faults.FailKeyDeletions = -1;
        var pipeline = new DeployPipelineBuilder("p").UseTarget(app.Target(app.Options(HerokuTransport.Ssh))).AddStep("push", new PushStep()).Build();
        var deployed = await pipeline.DeployAsync(new("shop", "r1") { Source = Source.Directory(app.SourceDirectory) });
        Assert.That(deployed.Warnings, Has.Some.Contains("is still on the Heroku account"));
        Assert.That(await app.CountAsync("/account/keys"), Is.EqualTo(1));
        app.Faults.Clear();

        await app.RunAsync((target, context, token) => target.CheckAsync(context, token), app.Options(HerokuTransport.Ssh));

        Assert.That(await app.CountAsync("/account/keys"), Is.Zero);
        Assert.That(app.Output.Text, Does.Contain("1 SSH key of earlier deployments removed"));
    }

    [Test]
    public async Task Push_AnswerToTheRegistrationLost_LeavesNoKeyBehind()
    {
        await using var app = await LocalApp.StartAsync(ssh: true);
        app.Faults.RequestFilter = "POST /account/keys";
        app.Faults.LoseAnswers = 1;

        var report = await app.PushAsync(app.Options(HerokuTransport.Ssh));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(await app.CountAsync("/account/keys"), Is.Zero);
    }

    [Test]
    public async Task Push_KeysOfOthers_Stay()
    {
        await using var app = await LocalApp.StartAsync(ssh: true);
        const string Data = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
        await app.ApiAsync("/account/keys", HttpMethod.Post, new JsonObject { ["public_key"] = $"ssh-ed25519 {Data} wercker-pipeline/shop-2/1" });

        await app.PushAsync(app.Options(HerokuTransport.Ssh));

        Assert.That(await app.CountAsync("/account/keys"), Is.EqualTo(1));
    }
}
