using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Heroku.Tests.Logs;

/// <summary>The log of an app on the local platform.</summary>
public class LogSourceTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task Read_Backlog_GivesTheLinesOfTheWindow(bool events)
    {
        await using var app = await StartAsync();
        app.Faults.EventStreamsOnly = events;
        app.Faults.PlainStreamsOnly = !events;

        var lines = await ReadAsync(app, @"source:app dyno:worker ^line \d");

        Assert.That(lines.Select(line => line.Message), Is.EqualTo(new[] { "line 1", "line 2", "line 3" }));
        Assert.That(lines[0].Origin, Is.EqualTo("worker.1"));
    }

    [Test]
    public async Task Read_SessionExpired_OpensAnother()
    {
        await using var app = await StartAsync();
        app.Faults.ExpireLogSessions = 1;

        Assert.That(await ReadAsync(app, "^line"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Read_StreamCut_ReadsAgain()
    {
        await using var app = await StartAsync();
        app.Faults.CutLogStreams = 1;

        Assert.That(await ReadAsync(app, "^line"), Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Read_StreamAlwaysCut_Throws()
    {
        await using var app = await StartAsync();
        app.Faults.CutLogStreams = -1;

        Assert.That(async () => await ReadAsync(app, "^line"), Throws.InstanceOf<HerokuException>());
    }

    [Test]
    public async Task Read_LostLines_SaysSoAndGoesOn()
    {
        await using var app = await StartAsync();
        app.Faults.LoseLogLines = 1;
        await app.ApiAsync("/apps/shop", HttpMethod.Patch, new System.Text.Json.Nodes.JsonObject { ["maintenance"] = true });

        var lines = await ReadAsync(app, "^line");

        Assert.That(lines.Where(line => !line.Lost), Has.Exactly(3).Items);
        Assert.That(lines.Single(line => line.Lost).Message, Does.Contain("are missing").And.Contain("L11"));
    }

    [Test]
    public async Task Read_WindowLongerThanTheBuffer_SaysSo()
    {
        await using var app = await LocalApp.StartAsync();
        app.Write("Procfile", "worker: seq 1 3000; exec sleep 1000\n");
        await app.PushAsync();
        await app.WaitForLineAsync("3000");

        var lines = await ReadAsync(app, string.Empty);

        Assert.That(lines[0].Lost, Is.True);
        Assert.That(lines[0].Message, Does.Contain("keeps 1500 lines"));
        Assert.That(lines, Has.Some.With.Property(nameof(LogEntry.Message)).EqualTo("3000"));
    }

    [TestCase("^no such line", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("maintenance mode", ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> LogTest_LostLines_IsInconclusiveUnlessAnErrorIsSeen(string query)
    {
        await using var app = await StartAsync();
        var source = new HerokuLogSource(app.Http, app.Options());
        var running = app.Harness().RunAsync(builder => builder.AddLogTest(test => test.From(source, query).After(TimeSpan.FromMilliseconds(1500))));
        app.Faults.LoseLogLines = 1;
        await app.ApiAsync("/apps/shop", HttpMethod.Patch, new System.Text.Json.Nodes.JsonObject { ["maintenance"] = true });
        await app.ApiAsync("/apps/shop", HttpMethod.Patch, new System.Text.Json.Nodes.JsonObject { ["maintenance"] = false });

        return (await running).Status;
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Read_WindowThatLiesAhead_FollowsTheLogAcrossBreaks(bool events)
    {
        await using var app = await StartAsync();
        app.Faults.EventStreamsOnly = events;
        app.Faults.PlainStreamsOnly = !events;
        app.Faults.CutLogStreams = 2;
        var source = new HerokuLogSource(app.Http, app.Options());
        var now = TimeProvider.System.GetUtcNow();
        var lines = new List<string>();
        var reading = Task.Run(async () =>
        {
            await foreach (var line in source.ReadAsync(new SourceQuery("State changed|^line", now.AddMinutes(-5), now.AddSeconds(6)), CancellationToken.None))
            {
                lines.Add(line.Message);
            }
        });
        await app.RunAsync((target, context, token) => target.RestartAsync(context, token));
        await reading;

        Assert.That(lines.Count(line => line == "line 1"), Is.EqualTo(2), "one of before, one of the restarted dyno");
        Assert.That(lines, Has.Some.EqualTo("State changed from starting to up"));
    }

    [Test]
    public void Read_BadPattern_IsAConfigurationFault()
    {
        using var http = new HttpClient();
        var source = new HerokuLogSource(http, new HerokuOptions { App = "shop", ApiKey = new Secrets.Secret("k") });

        Assert.That(
            async () => await source.ReadAsync(new SourceQuery("(", DateTimeOffset.MinValue, DateTimeOffset.MaxValue), CancellationToken.None).GetAsyncEnumerator().MoveNextAsync(),
            Throws.InstanceOf<ConfigurationException>());
    }

    private static async Task<LocalApp> StartAsync()
    {
        var app = await LocalApp.StartAsync();
        app.Write("Procfile", "worker: for i in 1 2 3; do echo line $i; done; exec sleep 1000\n");
        Assert.That((await app.PushAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
        await app.WaitForLineAsync("line 3");
        return app;
    }

    private static async Task<List<LogEntry>> ReadAsync(LocalApp app, string query)
    {
        var now = TimeProvider.System.GetUtcNow();
        var lines = new List<LogEntry>();
        await foreach (var line in new HerokuLogSource(app.Http, app.Options()).ReadAsync(new SourceQuery(query, now.AddMinutes(-5), now), CancellationToken.None))
        {
            lines.Add(line);
        }

        return lines;
    }
}
