using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Loggly.Tests;

/// <summary>The code of docs/log-tests.md.</summary>
public sealed class DocumentationTests
{
    [Test]
    public void Pipeline_OfThePage_AsksLogglyAndTheFile()
    {
        const string token = "the-token-of-the-api";
        var target = new FakeTarget();
        using var shop = new HttpClient { BaseAddress = new Uri("https://shop.example/") };

        // <log-test>
        using var http = LogglyHttpClient.Create();
        var loggly = new LogglyLogSource(http, new LogglyOptions { Domain = "acme", Token = new Secret(token) });
        var pipeline = new DeployPipelineBuilder("shop")
            .UseTarget(target)
            .AddWerckerFlow(flow => flow.LogTest(test => test
                .After(TimeSpan.FromMinutes(3))
                .From(loggly, "json.application:shop json.level:error")
                .FailOnIncrease(loggly, "json.application:shop json.level:warning", factor: 3)
                .FailOnNewSignatures(LogTest.FromFile("/var/log/shop.log"))
                .Ignore("robots[.]txt")
                .Canary(async (context, line, cancellationToken) => await shop.GetAsync($"/log?line={line}", cancellationToken))
                .FailOnNewSignatures(loggly, "json.application:shop", anyLine: true).ObserveOnly()))
            .Build();
        // </log-test>

        var forecast = pipeline.Plan(new("shop", "r1")).Steps.Single(step => step.Name == "LogTest").Description;
        Assert.That(forecast, Does.Contain("loggly:acme: json.application:shop json.level:error").And.Contain("file /var/log/shop.log: new errors").And.Contain("3 times as often"));
    }
}
