using System.Globalization;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Deployments of a real web application, judged by its answers, its log and its metrics in a real Prometheus; and a second look at them.</summary>
public sealed class EvidenceTests
{
    private Workspace _work = null!;
    private ShopSite _site = null!;
    private PrometheusServer _prometheus = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _work = new Workspace();
        _site = await ShopSite.StartAsync(_work.Base);
        _prometheus = await PrometheusServer.StartAsync(_site.Url.Authority);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _prometheus.DisposeAsync();
        await _site.DisposeAsync();
        _work.Dispose();
    }

    [TestCase("good", 0, null, "good")]
    [TestCase("down", 1, "PostDeployTest", "good")]
    [TestCase("errors", 1, "LogTest", "good")]
    [TestCase("queue", 1, "MetricsTest", "good")]
    public async Task Deploy_ApplicationOfAMode_IsJudgedByItsEvidence(string mode, int exitCode, string? rootCause, string modeAfterwards)
    {
        Project(mode);

        var result = await _work.DeployAsync("--json");

        var report = Workspace.Json(result);
        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        Assert.That(report.GetProperty("rootCause").GetString(), Is.EqualTo(rootCause));
        Assert.That(report.GetProperty("restore").GetString(), Is.EqualTo(exitCode == 0 ? "notNeeded" : "restored"));
        Assert.That(File.ReadAllText(_work.Out("mode")).Trim(), Is.EqualTo(modeAfterwards));
        Assert.That(report.GetProperty("environment").GetProperty("WERCKER_METRICS_KEY").GetString(), Is.EqualTo("shop"));
        Assert.That(report.GetProperty("environment").GetProperty("WERCKER_METRICS_URL").GetString(), Is.EqualTo("tcp://127.0.0.1:2003"));
    }

    [Test]
    public async Task Deploy_OldVersionGoesOnAnswering_FailsAndSaysWhich()
    {
        Project("good", deploy: "true");

        var result = await _work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("version before still answers"));
    }

    [Test]
    public async Task Plan_TestsOfATarget_SaysWhatWouldBeAsked()
    {
        Project("good");

        var result = await _work.RunAsync("plan");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain($"GET {_site.Url}").And.Contain($"ask file {_site.Log}: ERROR").And.Contain("shop_queue_length"));
    }

    [Test]
    public async Task Verify_DeploymentThatWasWell_ExitsZeroAndKeepsNothing()
    {
        Project("good");
        await Deployed();
        var at = TimeProvider.System.GetUtcNow();
        await Seen(at.AddSeconds(8));

        var result = await _work.RunAsync("verify", "--target", "live", "--deployed-at", Iso(at), "--json", "--report", _work.Out("report"));

        var report = Workspace.Json(result);
        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(report.GetProperty("status").GetString(), Is.EqualTo("succeeded"));
        Assert.That(report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()), Is.EqualTo(new[] { "LogTest", "MetricsTest" }));
        Assert.That(Directory.Exists(_work.State), Is.False, "a verification is no deployment, and is not recorded as one");
        Assert.That(Directory.GetFiles(_work.Out("report")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "report.json", "report.html", "report.md", "junit.xml" }));
    }

    [Test]
    public async Task Verify_ErrorsInTheWindow_ExitsOneAndTellsAllVerdicts()
    {
        Project("good");
        await Deployed();
        var at = TimeProvider.System.GetUtcNow();
        _site.Write(at.AddSeconds(1), "ERROR once");
        await Seen(at.AddSeconds(8));

        var result = await _work.RunAsync("verify", "--deployed-at", (at.ToUnixTimeMilliseconds() / 1000.0).ToString(CultureInfo.InvariantCulture));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("failed. LogTest: 1 entry").And.Contain("MetricsTest succeeded"));
        Assert.That(File.ReadAllText(_work.Out("mode")).Trim(), Is.EqualTo("good"), "nothing is put back");
    }

    [Test]
    public async Task Verify_WindowWithoutAnything_IsNeverWell()
    {
        Project("good");
        await Deployed();

        var result = await _work.RunAsync("verify", "--deployed-at", "2013-04-19T10:15:00Z", "--json");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(Workspace.Json(result).GetProperty("status").GetString(), Is.EqualTo("inconclusive"));
    }

    [Test]
    public async Task Verify_Watch_TellsEachVerdictUntilTheWindowIsOver()
    {
        Project("good", metrics: false);
        await Deployed();

        var result = await _work.RunAsync("verify", "--deployed-at", "-1s", "--until", "+15s", "--watch", "--every", "1s");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output.Split('\n').Count(line => line.Contains("LogTest ", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(3), result.Output);
        Assert.That(result.Output, Does.Contain("The verification of shop on live, deployed at"));
    }

    [TestCase("nothing to verify", "verify", "--deployed-at", "-1h")]
    [TestCase("--deployed-at' is required", "verify")]
    [TestCase("is no time", "verify", "--deployed-at", "yesterday")]
    [TestCase("milliseconds", "verify", "--deployed-at", "1366366500000")]
    [TestCase("not in the past", "verify", "--deployed-at", "2113-04-19T10:15:00Z")]
    [TestCase("is not after the deployment", "verify", "--deployed-at", "-1h", "--until", "-2h")]
    [TestCase("There is no target 'other'", "verify", "--deployed-at", "-1h", "--target", "other")]
    public async Task Verify_BadUsage_ExitsTwo(string words, params string[] arguments)
    {
        _work.Config("""{"deploy": ["true"], "targets": {"live": {}}}""");

        var result = await _work.RunAsync(arguments);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain(words));
    }

    [TestCase("""{"http-test": {"url": "https://shop.example/"}}""", "targets.live.httpTest.version")]
    [TestCase("""{"log-test": {"source": {"provider": "loggy"}}}""", "targets.live.logTest.source.provider")]
    [TestCase("""{"log-test": {"source": {"provider": "loggly", "domain": "shop", "token": "LOGGLY_TOKEN"}}}""", "targets.live.logTest.query")]
    [TestCase("""{"metrics-test": {"source": {"provider": "graphite"}, "heartbeat": "shop.*.heartbeat"}}""", "targets.live.metricsTest.source.url")]
    [TestCase("""{"metrics-test": {"source": {"provider": "prometheus", "url": "https://p.example"}, "checks": [{"compare": "up", "direction": "sideways"}]}}""", "targets.live.metricsTest.checks[0].direction")]
    [TestCase("""{"metrics-test": {"source": {"provider": "graphite", "url": "https://g.example"}, "checks": [{"threshold": "sumSeries(shop.*.load", "maximum": 1}]}}""", "targets.live.metricsTest.checks[0].threshold")]
    [TestCase("""{"metrics-test": {"source": {"provider": "graphite", "url": "https://g.example"}, "checks": [{"compare": "sumSeris(shop.*.load)"}]}}""", "targets.live.metricsTest.checks[0].compare")]
    [TestCase("""{"metrics-test": {"source": {"provider": "prometheus", "url": "https://p.example"}, "heartbeat": "up{job=\"shop\""}}""", "targets.live.metricsTest.heartbeat")]
    [TestCase("""{"metrics-test": {"source": {"provider": "graphite", "url": "https://g.example"}, "heartbeat": "shop.*.version.{revison}"}}""", "targets.live.metricsTest.heartbeat")]
    public async Task Validate_WrongSettingOfATest_ExitsTwoWithItsPlace(string target, string keyPath)
    {
        _work.Config($$"""
            {"targets": {
              "live": {{target}}
            }
            }
            """);

        var text = await _work.RunAsync("validate");
        var fault = Workspace.Json(await _work.RunAsync("validate", "--json")).GetProperty("diagnostics")[0];

        Assert.That(text.ExitCode, Is.EqualTo(2), text.ToString());
        Assert.That(text.Error, Does.Match($"^wercker.json:2:[0-9]+: {System.Text.RegularExpressions.Regex.Escape(keyPath)} "));
        Assert.That((fault.GetProperty("line").GetInt32(), fault.GetProperty("keyPath").GetString()), Is.EqualTo((2, keyPath)));
    }

    [Test]
    public async Task ValidateAndPlan_TypoInAnExpression_SayItsLineColumnAndCharacter()
    {
        _work.Config("""
            {
              "deploy": ["true"],
              "targets": {
                "live": {
                  "metricsTest": {
                    "source": { "provider": "graphite", "url": "https://graphite.example.com" },
                    "checks": [
                      { "threshold": "averageSeries(shop.*.load", "maximum": 5 }
                    ]
                  }
                }
              }
            }
            """);

        foreach (var command in new[] { "validate", "plan" })
        {
            var result = await _work.RunAsync(command);

            Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
            Assert.That(result.Error, Does.Contain("wercker.json:8:13: targets.live.metricsTest.checks[0].threshold is wrong").And.Contain("at character 14: '(' is never closed"));
        }
    }

    private void Project(string mode, string deploy = "printf %s $WERCKER_DEPLOY_ID > $OUT/version", bool metrics = true)
    {
        var target = new JsonObject
        {
            ["rollback"] = new JsonArray("echo good > $OUT/mode", "cp $OUT/before $OUT/version 2> /dev/null || rm -f $OUT/version"),
            ["http-test"] = JsonNode.Parse($$$"""
                {"url": "{{{_site.Url}}}", "version": {"header": "X-Version", "is": "$WERCKER_DEPLOY_ID"}, "expect": {"json": {"status": "ok"}},
                 "passes": 2, "tries": 4, "every": "100ms", "grace": "2s"}
                """),
            ["log-test"] = JsonNode.Parse($$"""{"source": {"provider": "file", "path": "{{_site.Log}}"}, "query": "ERROR", "after": "3s"}"""),
            ["metrics-test"] = JsonNode.Parse($$"""
                {"source": {"provider": "prometheus", "url": "{{_prometheus.Url}}", "step": "1s"}, "after": "8s", "url": "tcp://127.0.0.1:2003", "key": "shop",
                 "checks": [{"threshold": "shop_queue_length", "maximum": 100, "interval": "2s", "count": 2, "initialDelay": "3s"}]}
                """),
        };
        if (!metrics)
        {
            target.Remove("metrics-test");
        }

        _work.File("mode", mode).Config(new JsonObject
        {
            ["deploy"] = new JsonArray("cp $OUT/version $OUT/before 2> /dev/null || true", "cp mode $OUT/mode", deploy),
            ["targets"] = new JsonObject { ["live"] = target },
        }.ToJsonString());
    }

    /// <summary>The application has been seen by Prometheus, and has logged.</summary>
    private async Task Deployed() => await Until(() => File.Exists(_site.Log) && File.ReadAllLines(_site.Log).Length > 2);

    /// <summary>A moment has come, and the application has been seen until then.</summary>
    private static Task Seen(DateTimeOffset moment) => Until(() => TimeProvider.System.GetUtcNow() > moment);

    private static async Task Until(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!condition())
        {
            await Task.Delay(50, deadline.Token);
        }
    }

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
