using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>The code of docs/graphite.md and docs/heartbeat.md, and their table of settings.</summary>
public class DocumentationTests
{
    [Test]
    public void Pipeline_OfThePage_AsksGraphite()
    {
        const string password = "s3cret";

        // <pipeline>
        using var http = GraphiteHttpClient.Create();
        var options = new GraphiteOptions { Url = new Uri("https://graphite.example.com"), User = "deploy", Password = new Secret(password) };
        var graphite = new GraphiteMetricSource(http, options);
        var services = new PipelineServices { Observers = [new GraphiteDeployMarkers(http, options)] };
        var pipeline = new DeployPipelineBuilder("shop", services)
            .AddMetricsTest(test => test
                .Heartbeat(graphite, "shop.*.heartbeat")
                .Threshold(graphite, "averageSeries(shop.*.errors)", errors => errors.AtMost(5)))
            .Build();
        // </pipeline>

        Assert.That(pipeline.Plan(new("shop", "r1")).Steps.Single().ToString(), Does.Contain("graphite:graphite.example.com"));
    }

    [Test]
    public void Version_OfThePage_ExpectsItsBeats()
    {
        var graphite = RealGraphite.Source();

        // <version>
        const string revision = "a1b2c3d";
        var pipeline = new DeployPipelineBuilder("shop")
            .AddMetricsTest(test => test.Heartbeat(graphite, $"shop.*.version.{revision}", hosts: 2))
            .Build();
        // </version>

        Assert.That(pipeline.Plan(new("shop", revision)).Steps.Single().ToString(), Does.Contain("shop.*.version.a1b2c3d"));
    }

    [Test]
    public void Container_OfThePage_KnowsTheProviderAndTheMarkers()
    {
        var options = new GraphiteOptions { Url = new Uri("https://graphite.example.com") };
        var services = new ServiceCollection();

        // <container>
        services.AddWerckerGraphite();
        services.AddWerckerGraphiteMarkers(options);
        // </container>

        using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetServices<ISourceProvider<IMetricSource>>().Single().Provider, Is.EqualTo("graphite"));
        Assert.That(provider.GetServices<IDeployObserver>().Single(), Is.TypeOf<GraphiteDeployMarkers>());
    }

    [Test]
    public void Heartbeat_OfThePage_IsAHostedService()
    {
        var services = new ServiceCollection().AddLogging();

        // <heartbeat>
        services.AddWerckerHeartbeat();
        // </heartbeat>

        using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetServices<IHostedService>().Single().GetType().Name, Is.EqualTo("HeartbeatService"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "graphite.md"));
        var settings = lines.SkipWhile(line => line != "## Settings").Skip(1).TakeWhile(line => !line.StartsWith('#')).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(GraphiteMetricSourceProvider.Known));
    }

    private static string Root() => Path.GetFullPath(Path.Combine(Heartbeat.NodeApp.Package, "..", ".."));
}
