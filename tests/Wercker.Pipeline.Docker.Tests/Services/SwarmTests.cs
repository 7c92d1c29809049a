using Docker.DotNet.Models;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Deployments to a service of a real Swarm.</summary>
[CancelAfter(180_000)]
public sealed class SwarmTests
{
    [Test]
    public async Task Target_OfASwarm_KeepsTheContract(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();

        await Deployments.VerifyContractAsync(() => shop.Target(), cancellationToken);
    }

    [Test]
    public async Task Deploy_HealthyImage_RunsInAllTasksAndIsNotPushedTwice(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        var id = await ShopImages.IdAsync("2");

        var first = await Deployments.DeployAsync(shop.Target(), "2");
        var second = await Deployments.DeployAsync(shop.Target(), "2");

        Assert.That(first.Status, Is.EqualTo(DeployStatus.Succeeded), first.Summary);
        Assert.That(first.Push().Message, Does.Contain("2 of 2 tasks run").And.Contain(id));
        Assert.That(await shop.RunningAsync(), Is.EqualTo(new[] { id, id }));
        Assert.That(second.Push().Status, Is.EqualTo(StepStatus.Skipped), second.Push().Message);
        Assert.That((await shop.InspectAsync()).Spec!.UpdateConfig!.Monitor, Is.EqualTo(TimeSpan.FromSeconds(1)), "what the settings say of updates");
    }

    [TestCase(ShopImages.Sick, "the shop is sick")]
    [TestCase(ShopImages.Crashing, "(7)")]
    public async Task Deploy_ImageThatDoesNotStayUp_IsRolledBackToTheWholeSpecification(string revision, string words, CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        var (spec, id) = (await shop.SpecAsync(), await ShopImages.IdAsync("1"));

        var report = await Deployments.DeployAsync(shop.Target(), revision);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(report.Push().Message, Does.Contain(words), report.Push().Evidence[0].Text);
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored), report.Reverts[0].Message);
        Assert.That(report.Reverts[0].Message, Does.Contain("2 of 2 tasks run"));
        Assert.That(await shop.RunningAsync(), Is.EqualTo(new[] { id, id }));
        Assert.That(await shop.SpecAsync(), Is.EqualTo(spec), "everything is as it was found");
    }

    [Test]
    public async Task Deploy_TestFailsAfterARestart_IsRolledBackAllTheSame(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        var spec = await shop.SpecAsync();
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(shop.Target()).AddSetup().AddPush().AddRestart()
            .AddStep("Test", (_, _) => new(StepResult.Failed("no"))).Build();

        var report = await pipeline.DeployAsync(new DeployRequest("shop", "2"), cancellationToken);

        Assert.That(report.Steps.Single(step => step.Name == "Restart").Status, Is.EqualTo(StepStatus.Succeeded), "the restart makes the engine forget the specification before the push");
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored), report.Reverts[0].Message);
        Assert.That(await shop.SpecAsync(), Is.EqualTo(spec));
    }

    [Test]
    public async Task Deploy_ServiceThatSwarmRollsBackItself_SaysSoAndHasNothingToUndo(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync(spec => spec.UpdateConfig!.FailureAction = "rollback");
        var id = await ShopImages.IdAsync("1");

        var report = await Deployments.DeployAsync(shop.Target(), ShopImages.Sick);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(report.Push().Message, Does.Contain("rolled").And.Contain("back by itself").And.Contain("the shop is sick"), report.Push().Evidence[0].Text);
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.NotNeeded), report.Reverts[0].Message);
        Assert.That(await shop.RunningAsync(), Is.EqualTo(new[] { id, id }));
    }

    [Test]
    public async Task Check_WhatIsMissing_IsSaidBeforeAnythingIsChanged(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        var version = (await shop.InspectAsync()).Version!.Index;

        var image = await Deployments.DeployAsync(shop.Target(), "41");
        var service = await Deployments.DeployAsync(shop.Target(shop.Options with { Service = "nowhere" }), "2");
        var engine = await Deployments.DeployAsync(shop.Target(shop.Options with { Host = new Uri("unix:///nowhere/docker.sock") }), "2");
        var registry = await Deployments.DeployAsync(shop.Target(shop.Options with { Image = "127.0.0.1:9/shop:{revision}", Pull = DockerPull.Always }), "2");

        Assert.That(image.Steps[0].Message, Does.Contain("shop:41 is not on the engine").And.Contain("missing"));
        Assert.That(service.Steps[0].Message, Does.Contain("no service nowhere").And.Contain(shop.Name));
        Assert.That(engine.Steps[0].Message, Does.Contain("cannot be reached"));
        Assert.That(registry.Steps[0].Message, Does.Contain("127.0.0.1:9/shop:2").And.Contain("could not be pulled"));
        Assert.That(new[] { image, service, engine, registry }.Select(report => report.Restore), Is.All.EqualTo(RestoreStatus.NotNeeded));
        Assert.That((await shop.InspectAsync()).Version!.Index, Is.EqualTo(version));
    }

    [Test]
    public async Task Run_Command_HasSecretsVariablesAndNetworksOfTheService(CancellationToken cancellationToken)
    {
        var secret = (await Engine.Client.Secrets.CreateAsync(new SwarmSecretSpec { Name = $"key-{Guid.NewGuid():N}", Data = "s3cr3t-of-the-shop"u8.ToArray() }, cancellationToken)).ID!;
        try
        {
            await using var shop = await SwarmShop.StartAsync(spec => spec.TaskTemplate!.ContainerSpec!.Secrets =
                [new SecretReference { SecretID = secret, SecretName = Engine.Client.Secrets.InspectAsync(secret).Result.Spec!.Name!, File = new SecretReferenceFileTarget { Name = "key", UID = "0", GID = "0", Mode = 0x124 } }], hasNetwork: true);
            var target = shop.Target(shop.Options with { CommandVariables = ["RELEASE"] });
            var output = new CollectingOutput();

            var result = await Deployments.AskAsync(
                target,
                (context, token) => target.RunAsync(context, new ShellCommand("cat /run/secrets/key; echo; echo $COLOR $VERSION $RELEASE; ls /sys/class/net; seq 1 2000; echo bad >&2; exit 5"), output, token),
                variables: new Dictionary<string, string> { ["RELEASE"] = "spring" });

            Assert.That(result, Is.EqualTo(new CommandResult(CommandEnd.Exited, 5, result.Duration)));
            Assert.That(output.Text, Does.StartWith("s3cr3t-of-the-shop\nblue 1 spring\n").And.Contain("eth0\n").And.EndWith("1999\n2000\n"));
            Assert.That(output.Error, Is.EqualTo("bad\n"));
            Assert.That((await Engine.Client.Swarm.ListServicesAsync(new ServiceListParameters(), cancellationToken)).Where(service => service.Spec!.Name!.StartsWith($"{shop.Name}-run", StringComparison.Ordinal)), Is.Empty);
        }
        finally
        {
            await Engine.Client.Secrets.DeleteAsync(secret, CancellationToken.None);
        }
    }

    [Test]
    public async Task Run_CommandThatIsSilent_IsEnded(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        var target = shop.Target();

        var result = await Deployments.AskAsync(target, (context, token) => target.RunAsync(context, new ShellCommand("sleep 500") { NoOutputTimeout = TimeSpan.FromSeconds(2) }, new CollectingOutput(), token));

        Assert.That(result.End, Is.EqualTo(CommandEnd.Silent));
        Assert.That((await Engine.Client.Swarm.ListServicesAsync(new ServiceListParameters(), cancellationToken)).Where(service => service.Spec!.Name!.StartsWith($"{shop.Name}-run", StringComparison.Ordinal)), Is.Empty);
    }
}
