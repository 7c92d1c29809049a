using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.Graphite.Tests.RealGraphite;

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>Against real Graphite.</summary>
public class GraphiteDeployMarkersTests
{
    [Test]
    public async Task Deployment_Succeeds_IsMarkedAtStartAndFinish()
    {
        var report = await DeployAsync("marked shop", pipeline => pipeline.AddStep("Look", (_, _) => new(StepResult.Succeeded("seen"))));

        var events = await EventsAsync("marked-shop");

        Assert.That(events.Select(one => (string)one["what"]!), Is.EqualTo(new[] { "marked shop: r1 is being deployed", "marked shop: deployment of r1: succeeded" }));
        Assert.That(events[0]["tags"]!.AsArray().Select(tag => (string)tag!), Is.EquivalentTo(new[] { "deploy", "marked-shop", "start" }));
        Assert.That((long)events[0]["when"]!, Is.EqualTo(report.StartedAt.ToUnixTimeSeconds()));
        var data = JsonNode.Parse((string)events[1]["data"]!)!;
        Assert.That(
            new[] { "deployment", "revision", "phase", "verdict", "restore" }.Select(key => (string?)data[key]),
            Is.EqualTo(new[] { report.Id, "r1", "finish", "succeeded", "notNeeded" }));
    }

    [Test]
    public async Task Deployment_Fails_ItsRollbackIsMarkedOnce()
    {
        await DeployAsync("takenback", pipeline => pipeline
            .AddStep("One", _ => new Reversible()).AddStep("Two", _ => new Reversible())
            .AddStep("Look", (_, _) => new(StepResult.Failed("broken"))));

        var events = await EventsAsync("takenback");

        Assert.That(events.Select(one => (string)one["what"]!), Is.EqualTo(new[]
        {
            "takenback: r1 is being deployed", "takenback: r1 is being taken back", "takenback: deployment of r1: failed",
        }));
        Assert.That((string?)JsonNode.Parse((string)events[2]["data"]!)!["restore"], Is.EqualTo("restored"));
    }

    [Test]
    public async Task Deployment_GraphiteAway_GoesOn()
    {
        var markers = new GraphiteDeployMarkers(Client, new GraphiteOptions { Url = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}") });
        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Observers = [markers] }).AddStep("Look", (_, _) => new(StepResult.Succeeded("seen"))).Build();

        var report = await pipeline.DeployAsync(new("shop", "r1"), CancellationToken.None);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
    }

    [Test]
    public async Task Resume_DeploymentThatWasKilled_IsMarkedAtItsFinishAndNotAgainAtItsStart()
    {
        var markers = new GraphiteDeployMarkers(Client, new GraphiteOptions { Url = Server.Url });
        var journal = new RecordingObserver();
        await new DeployPipelineBuilder("shop", new PipelineServices { Observers = [journal] }).AddStep("Look", (_, _) => new(StepResult.Succeeded("seen"))).Build()
            .DeployAsync(new("killed", "r1"), CancellationToken.None);

        markers.Resume([.. journal.Events.Where(one => one.Kind != DeployEventKind.DeploymentFinished)]);
        await markers.OnEventAsync(journal.Events[^1], CancellationToken.None);

        Assert.That((await EventsAsync("killed")).Select(one => (string)one["what"]!), Is.EqualTo(new[] { "killed: deployment of r1: succeeded" }));
    }

    private static async Task<DeployReport> DeployAsync(string app, Action<DeployPipelineBuilder> configure)
    {
        await using var provider = new ServiceCollection().AddWerckerGraphiteMarkers(new GraphiteOptions { Url = Server.Url }).AddWerckerPipeline(app, configure).BuildServiceProvider();
        return await provider.GetRequiredKeyedService<DeployPipeline>(app).DeployAsync(new(app, "r1"), CancellationToken.None);
    }

    private static async Task<List<JsonNode>> EventsAsync(string tag) => [.. JsonNode.Parse(await Server.GetAsync($"events/get_data?tags={tag}"))!.AsArray().Select(one => one!).OrderBy(one => (int)one["id"]!)];

    private sealed class Reversible : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Succeeded("done"));

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Succeeded("back"));
    }
}
