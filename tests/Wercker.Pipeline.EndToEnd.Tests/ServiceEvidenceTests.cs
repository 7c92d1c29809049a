using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Deployments by the tool, judged by a log in Loggly (its double) and by metrics in real Graphite; and a second look at them.</summary>
[Parallelizable(ParallelScope.Children)]
public sealed class ServiceEvidenceTests
{
    private const string TokenVariable = "SHOP_LOGGLY";
    private static GraphiteServer _graphite = null!;
    private static LogglyServer _loggly = null!;

    [OneTimeSetUp]
    public static async Task StartAsync() => (_graphite, _loggly) = (await GraphiteServer.StartAsync(), await LogglyServer.StartAsync());

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        await _loggly.DisposeAsync();
        await _graphite.DisposeAsync();
    }

    [Test]
    public async Task Deploy_VersionBeatsAndLogIsClean_SucceedsAndSoDoesItsVerification()
    {
        using var work = Project("well", "good");
        await using var shop = new ShopService("well", work.Base, _graphite, _loggly);

        var deployed = await work.DeployAsync("--json");
        var report = Workspace.Json(deployed);
        var verified = await work.RunAsync("verify", "--deployed-at", ReleaseOf(report), "--json");

        Assert.That(deployed.ExitCode, Is.Zero, deployed.ToString());
        Assert.That(verified.ExitCode, Is.Zero, verified.ToString());
        Assert.That(await EventsAsync("well"), Is.EqualTo(new[] { "well on live: local is being deployed", "well on live: deployment of local: succeeded" }));
        Assert.That(work.Log, Does.Contain("the token is ***"), "the token of a source is masked like every other secret");
        Assert.That(work.FilesWith(_loggly.ApiToken, Path.Combine(work.Project, "token")), Is.Empty);
    }

    [Test]
    public async Task Deploy_HeartbeatStops_FailsIsTakenBackAndSoSaysItsVerification()
    {
        using var work = Project("mute", "silent");
        await using var shop = new ShopService("mute", work.Base, _graphite, _loggly);

        var deployed = await work.DeployAsync("--json");
        var report = Workspace.Json(deployed);
        var verified = await work.RunAsync("verify", "--deployed-at", ReleaseOf(report), "--until", "+6s", "--json");

        Assert.That(deployed.ExitCode, Is.EqualTo(1), deployed.ToString());
        Assert.That(report.GetProperty("rootCause").GetString(), Is.EqualTo("MetricsTest"));
        Assert.That(report.GetProperty("restore").GetString(), Is.EqualTo("restored"));
        Assert.That(File.ReadAllText(work.Out("mode")).Trim(), Is.EqualTo("good"));
        Assert.That(await EventsAsync("mute"), Is.EqualTo(new[]
        {
            "mute on live: local is being deployed", "mute on live: local is being taken back", $"mute on live: deployment of local: {report.GetProperty("status").GetString()}",
        }));
        Assert.That(verified.ExitCode, Is.EqualTo(1), verified.ToString());
        Assert.That(Workspace.Json(verified).GetProperty("rootCause").GetString(), Is.EqualTo("MetricsTest"));
    }

    [Test]
    public async Task Deploy_ErrorsInLoggly_FailsAndIsTakenBack()
    {
        using var work = Project("broken", "errors");
        await using var shop = new ShopService("broken", work.Base, _graphite, _loggly);

        var deployed = await work.DeployAsync("--json");

        Assert.That(deployed.ExitCode, Is.EqualTo(1), deployed.ToString());
        Assert.That(Workspace.Json(deployed).GetProperty("rootCause").GetString(), Is.EqualTo("LogTest"));
        Assert.That(Workspace.Json(deployed).GetProperty("restore").GetString(), Is.EqualTo("restored"));
    }

    private static Workspace Project(string name, string mode)
    {
        var target = new JsonObject
        {
            ["rollback"] = new JsonArray("echo good > $OUT/mode"),
            ["log-test"] = JsonNode.Parse($$$"""
                {"source": {"provider": "loggly", "url": "{{{_loggly.Url}}}", "token": "{{{TokenVariable}}}", "lag": "2s"}, "query": "json.application:{app} json.level:error", "after": "3s"}
                """),
            ["metrics-test"] = JsonNode.Parse($$$"""
                {"source": {"provider": "graphite", "url": "{{{_graphite.Url}}}", "markers": true}, "after": "8s",
                 "heartbeat": {"expression": "{app}.*.version.{revision}", "every": "1s", "missed": 6, "hosts": 1, "lag": "6s"}}
                """),
        };
        return new Workspace(name).Variable(TokenVariable, _loggly.ApiToken).File("mode", mode).File("token", _loggly.ApiToken).Config(new JsonObject
        {
            ["deploy"] = new JsonArray("echo the token is $(cat token)", "cp mode $OUT/mode", "printf %s $WERCKER_GIT_COMMIT > $OUT/version"),
            ["targets"] = new JsonObject { ["live"] = target },
        }.ToJsonString());
    }

    private static async Task<IEnumerable<string?>> EventsAsync(string app) =>
        JsonNode.Parse(await _graphite.GetAsync($"events/get_data?tags={app}"))!.AsArray().OrderBy(one => (int)one!["id"]!).Select(one => (string?)one!["what"]);

    /// <summary>When the new version was there: the log test begins right after it.</summary>
    private static string ReleaseOf(JsonElement report) => Iso(report.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == "LogTest").GetProperty("startedAt").GetDateTimeOffset());

    private static string Iso(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
