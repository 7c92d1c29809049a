using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Prometheus.Tests;

/// <summary>The code of docs/prometheus.md, and its table of settings.</summary>
public class DocumentationTests
{
    [Test]
    public void Pipeline_OfThePage_AsksPrometheus()
    {
        const string token = "s3cret";

        // <pipeline>
        using var http = PrometheusHttpClient.Create();
        var prometheus = new PrometheusMetricSource(http, new PrometheusOptions { Url = new Uri("https://prometheus.example.com"), Token = new Secret(token) });
        var pipeline = new DeployPipelineBuilder("shop")
            .AddMetricsTest(test => test
                .Heartbeat(prometheus, "up{job=\"shop\"} == 1", every: TimeSpan.FromSeconds(15))
                .Threshold(prometheus, "sum(rate(http_requests_total{job=\"shop\",code=~\"5..\"}[1m]))", errors => errors.AtMost(0.1)))
            .Build();
        // </pipeline>

        Assert.That(pipeline.Plan(new("shop", "r1")).Steps.Single().ToString(), Does.Contain("prometheus:prometheus.example.com"));
    }

    [Test]
    public void Container_OfThePage_KnowsTheProvider()
    {
        var services = new ServiceCollection();

        // <container>
        services.AddWerckerPrometheus();
        // </container>

        using var provider = services.BuildServiceProvider();
        Assert.That(provider.GetServices<ISourceProvider<IMetricSource>>().Single().Provider, Is.EqualTo("prometheus"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "prometheus.md"));
        var settings = lines.SkipWhile(line => line != "## Settings").Skip(1).TakeWhile(line => !line.StartsWith('#')).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(PrometheusMetricSourceProvider.Known));
    }

    [Test]
    public void Read_AllSettings_AreTaken()
    {
        var options = PrometheusMetricSourceProvider.Read(Settings("""
            { "provider": "prometheus", "url": "https://prometheus.example.com", "tokenVariable": "PROMETHEUS_TOKEN", "step": "1m", "timeout": 5, "maximumMegabytes": 1 }
            """));

        Assert.That((options.Url, options.Token?.Reveal(), options.Step), Is.EqualTo((new Uri("https://prometheus.example.com"), "value of PROMETHEUS_TOKEN", TimeSpan.FromMinutes(1))));
        Assert.That((options.Timeout, options.MaximumAnswerBytes), Is.EqualTo((TimeSpan.FromSeconds(5), 1024L * 1024)));
    }

    [Test]
    public void Read_UnknownSetting_IsRefusedWithItsPath() => Assert.That(
        Assert.Throws<ConfigurationException>(() => PrometheusMetricSourceProvider.Read(Settings("""{ "url": "https://prometheus.example.com", "stepp": 1 }""")))!.Message,
        Does.Contain("source.stepp is not known here"));

    private static SettingsReader Settings(string json) => new(JsonNode.Parse(json)!.AsObject(), "source", name => $"value of {name}");

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
