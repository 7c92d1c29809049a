using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Services;
using Wercker.Pipeline.Docker.Services.Compose;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Deployments to containers that are labelled as Compose labels them.</summary>
[CancelAfter(180_000)]
public sealed class ComposeTests
{
    [Test]
    public async Task Target_OfAComposeProject_KeepsTheContract(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);

        await Deployments.VerifyContractAsync(() => shop.Target(), cancellationToken);
    }

    [Test]
    public async Task Deploy_HealthyImage_ChangesTheImageAndNothingElse(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync();
        var settings = await shop.SettingsAsync(2);

        var first = await Deployments.DeployAsync(shop.Target(), "2");
        var second = await Deployments.DeployAsync(shop.Target(), "2");

        Assert.That(first.Status, Is.EqualTo(DeployStatus.Succeeded), first.Summary);
        Assert.That(await shop.ContainersAsync(), Is.EqualTo(new[] { "web-1 running 2", "web-1.before exited 1", "web-2 running 2", "web-2.before exited 1" }));
        Assert.That(await shop.SettingsAsync(2), Is.EqualTo(settings));
        Assert.That((await shop.InspectAsync(1)).Image, Is.EqualTo(await ShopImages.IdAsync("2")));
        Assert.That((await Engine.Client.Containers.InspectContainerAsync(shop.Name(1) + ".before", cancellationToken)).HostConfig!.RestartPolicy!.Name, Is.EqualTo(RestartPolicyKind.No), "it stays stopped when the engine starts again");
        Assert.That(second.Push().Status, Is.EqualTo(StepStatus.Skipped));
    }

    [TestCase(ShopImages.Sick, "the shop is sick")]
    [TestCase(ShopImages.Crashing, "exit code 7")]
    public async Task Deploy_ImageThatDoesNotStayUp_StartsTheVeryContainersFromBefore(string revision, string words, CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync();
        var before = (await shop.InspectAsync(1)).ID;
        var settings = await shop.SettingsAsync(1);

        var report = await Deployments.DeployAsync(shop.Target(), revision);

        Assert.That(report.Push().Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Push().Message, Does.Contain(words));
        Assert.That(report.Push().Evidence[0].Text, Does.Contain("crashing").Or.Contain("serving sick"), "the log of the container");
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored), report.Reverts[0].Message);
        Assert.That(await shop.ContainersAsync(), Is.EqualTo(new[] { "web-1 running 1", "web-2 running 1" }));
        Assert.That((await shop.InspectAsync(1)).ID, Is.EqualTo(before));
        Assert.That(await shop.SettingsAsync(1), Is.EqualTo(settings));
    }

    /// <summary>The engine is left as a process leaves it that is killed after each of the steps in turn; then a second one goes on, or takes it back.</summary>
    [Test]
    public async Task Push_CutOffAfterAnyStep_IsGoneOnWithOrTakenBack([Range(0, 4)] int steps, [Values] bool takeBack, CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);
        var (old, settings) = ((await shop.InspectAsync(1)).ID, await shop.SettingsAsync(1));
        using var target = shop.Target();
        var report = await Deployments.AskAsync(
            target,
            async (context, token) =>
            {
                var before = await target.GetCurrentAsync(context, token);
                await CutOffAsync(shop, context.DeploymentId, steps, token);
                return takeBack ? await target.RollBackAsync(context, before!, token) : await target.PushAsync(context, token);
            },
            "2");

        Assert.That(report.Status, Is.EqualTo(takeBack && steps == 0 ? StepStatus.Skipped : StepStatus.Succeeded), report.Message);
        Assert.That(await shop.ContainersAsync(), Is.EqualTo(takeBack ? ["web-1 running 1"] : new[] { "web-1 running 2", "web-1.before exited 1" }));
        Assert.That(await shop.SettingsAsync(1), Is.EqualTo(settings));
        Assert.That((await shop.InspectAsync(1)).ID, takeBack ? Is.EqualTo(old) : Is.Not.EqualTo(old));
    }

    [Test]
    public async Task RollBack_ContainersFromBeforeAreGone_AreMadeAnew(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);
        var target = shop.Target();
        await Deployments.DeployAsync(target, "2");
        await Engine.Client.Containers.RemoveContainerAsync(shop.Name(1) + ".before", new ContainerRemoveParameters(), cancellationToken);
        var release = new Targets.Release(await ShopImages.IdAsync("1"));

        var result = await Deployments.AskAsync(target, (context, token) => target.RollBackAsync(context, release, token));

        Assert.That(result.Status, Is.EqualTo(StepStatus.Succeeded), result.Message);
        Assert.That((await shop.InspectAsync(1)).Image, Is.EqualTo(release.Id));
    }

    [Test]
    public async Task Check_WhatIsMissing_IsSaid(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);

        var service = await Deployments.DeployAsync(shop.Target(shop.Options with { Service = "worker" }), "2");
        await Engine.Client.Containers.StopContainerAsync(shop.Name(1), new ContainerStopParameters(), cancellationToken);
        var stopped = await Deployments.DeployAsync(shop.Target(), "2");

        Assert.That(service.Steps[0].Message, Does.Contain($"no container of service worker of project {shop.Project}").And.Contain($"{shop.Project}/web"));
        Assert.That(stopped.Steps[0].Message, Does.Contain($"{shop.Name(1)} does not run"));
        Assert.That(stopped.Restore, Is.EqualTo(RestoreStatus.NotNeeded));
    }

    [Test]
    public async Task Run_Command_HasVariablesAndNetworksOfTheService(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);
        var target = shop.Target();
        var output = new CollectingOutput();

        var result = await Deployments.AskAsync(target, (context, token) => target.RunAsync(context, new ShellCommand("echo $COLOR $VERSION; nslookup web >/dev/null && echo found; echo bad >&2; exit 5"), output, token));

        Assert.That(result.ExitCode, Is.EqualTo(5));
        Assert.That(output.Text, Is.EqualTo("blue 1\nfound\n"));
        Assert.That(output.Error, Is.EqualTo("bad\n"));
        Assert.That(await shop.ContainersAsync(), Has.Count.EqualTo(1));
    }

    private static async Task CutOffAsync(ComposeShop shop, string deployment, int steps, CancellationToken cancellationToken)
    {
        var engine = new ComposeEngine(Engine.Client, shop.Options);
        var replica = (await engine.ReplicasAsync(cancellationToken)).Single();
        var image = new ServiceImage(ShopImages.Name("2"), await ShopImages.IdAsync("2"), null);
        var next = steps > 0 ? await engine.CreateNextAsync(replica.Live!, image, replica.NextName, deployment, cancellationToken) : null;
        Func<Task>[] rest =
        [
            () => engine.StopAsync(replica.Live!.ID, cancellationToken),
            () => engine.RenameAsync(replica.Live!.ID, replica.BeforeName, cancellationToken),
            () => engine.RenameAsync(next!, replica.Name, cancellationToken),
        ];
        foreach (var step in rest.Take(steps - 1))
        {
            await step();
        }
    }
}
