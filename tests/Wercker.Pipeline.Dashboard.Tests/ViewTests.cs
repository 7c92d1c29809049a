using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Moq;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Tests;

public class ViewTests
{
    [Test]
    public async Task Deployments_PageByPage_AreAllThereOnceTheNewestFirst()
    {
        await using var board = await Board.StartAsync();
        for (var i = 1; i <= 25; i++)
        {
            await new Story(board.Store, string.Create(CultureInfo.InvariantCulture, $"d{i:00}"), start: Story.Start.AddMinutes(i)).BeginAsync();
        }

        using var reader = board.Browser();
        var seen = new List<string>();
        var query = new DeploymentFilter { Limit = 10 }.ToQuery();
        while (query is not null)
        {
            var page = await reader.GetFromJsonAsync<JsonElement>("api/projects/shop" + query);
            Assert.That(page.GetProperty("total").GetInt32(), Is.EqualTo(25));
            seen.AddRange(page.GetProperty("deployments").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
            query = page.TryGetProperty("next", out var next) ? new DeploymentFilter { Limit = 10, After = next.GetProperty("after").GetString() }.ToQuery() : null;
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 25).Reverse().Select(i => string.Create(CultureInfo.InvariantCulture, $"d{i:00}"))));
    }

    [Test]
    public async Task Deployments_Filtered_AreThoseThatFit()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        await new Story(board.Store, "d2", target: "staging", start: Story.Start.AddDays(1)).BeginAsync("fedcba9");
        var failed = await new Story(board.Store, "d3", start: Story.Start.AddDays(2)).BeginAsync();
        await failed.EndAsync(DeployStatus.Failed);
        using var reader = board.Browser();
        (string Query, string Ids)[] cases =
        [
            ("?q=FED", "d2"), ("?target=staging", "d2"), ("?status=failed", "d3"), ("?since=2013-04-21", "d3"), ("?until=2013-04-19", "d1"),
            ("?since=2013-04-20&until=2013-04-20", "d2"), ("?q=nothing", ""), ("?after=d3&limit=1", "d2"),
        ];
        foreach (var (query, ids) in cases)
        {
            var page = await reader.GetFromJsonAsync<JsonElement>("api/projects/shop" + query);
            Assert.That(string.Join(' ', page.GetProperty("deployments").EnumerateArray().Select(one => one.GetProperty("id").GetString())), Is.EqualTo(ids), query);
        }
    }

    [Test]
    public async Task Deployment_ThatWaits_ShowsItsQuestionWithItsChoicesAndItsCountdown()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        var until = DateTimeOffset.UtcNow.AddMinutes(10);
        await story.StepAsync("Push");
        await story.DoneAsync("Push", StepStatus.Failed, "rejected", question: story.Question("Push", DecisionChoice.Retry, DecisionChoice.RollBack));
        await story.StepAsync("PostDeployTest");
        await story.ValueAsync("PostDeployTest", "wercker.warmup.until", until);
        using var reader = board.Browser(Board.Operator);
        var model = await reader.GetFromJsonAsync<JsonElement>("api/projects/shop/deployments/d1");
        var question = model.GetProperty("questions").EnumerateArray().Single();
        Assert.That(question.GetProperty("choices").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(new[] { "retry", "roll-back" }));
        var wait = model.GetProperty("waits").EnumerateArray().Single();
        Assert.That((wait.GetProperty("step").GetString(), wait.GetProperty("what").GetString(), wait.GetProperty("until").GetDateTimeOffset()), Is.EqualTo(("PostDeployTest", "warm-up", until)));
        Assert.That(model.GetProperty("project").GetProperty("mayOperate").GetBoolean(), Is.True);
        Assert.That(model.GetProperty("project").GetProperty("mayAdmin").GetBoolean(), Is.False);
        Assert.That(model.GetProperty("interrupted").GetString(), Does.Contain("does not hold its target"));
        Assert.That(model.GetProperty("report").GetProperty("steps")[0].GetProperty("evidence")[0].GetProperty("text").GetString(), Is.EqualTo("all is as it was"));
    }

    [Test]
    public async Task Deployment_Failed_SaysWhyAndWhatToDo()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d0", start: Story.Start.AddDays(-1)).BeginAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        await story.StepAsync("Push");
        await story.DoneAsync("Push", StepStatus.Failed, "rejected by the remote", decided: true);
        await story.EndAsync(DeployStatus.Failed, RestoreStatus.Restored);
        using var reader = board.Browser();
        var model = await reader.GetFromJsonAsync<JsonElement>("api/projects/shop/deployments/d1");
        Assert.That(model.GetProperty("cause").GetString(), Is.EqualTo("rejected by the remote"));
        Assert.That(model.GetProperty("targetState").GetString(), Does.Contain("Put back"));
        Assert.That(model.GetProperty("nextSteps").GetArrayLength(), Is.Positive);
        Assert.That(model.GetProperty("previousId").GetString(), Is.EqualTo("d0"));
        Assert.That(model.TryGetProperty("interrupted", out _), Is.False);
    }

    [Test]
    public async Task Compare_TwoDeployments_ShowsWhatDiffersAndNoValues()
    {
        await using var board = await Board.StartAsync();
        var left = await new Story(board.Store, "d1").BeginAsync("a", "ann", new Dictionary<string, string> { ["URL"] = "one", ["OLD"] = "1", ["SAME"] = "x" }, "Push", "Old");
        await left.StepAsync("Push");
        await left.DoneAsync("Push");
        var right = await new Story(board.Store, "d2", start: Story.Start.AddDays(1)).BeginAsync("b", "ann", new Dictionary<string, string> { ["URL"] = "two-and-only", ["NEW"] = "1", ["SAME"] = "x" }, "Push", "New");
        await right.StepAsync("Push");
        await right.DoneAsync("Push", StepStatus.Failed);
        using var reader = board.Browser();
        var model = await reader.GetFromJsonAsync<JsonElement>("api/projects/shop/compare?left=d1&right=d2");
        Assert.That(model.GetProperty("steps").EnumerateArray().Select(one => (one.GetProperty("name").GetString(), one.GetProperty("differs").GetBoolean())), Is.EqualTo(new[] { ("Push", true), ("New", true), ("Old", true) }));
        Assert.That(model.GetProperty("environment").EnumerateArray().Select(one => one.GetProperty("name").GetString()), Is.EqualTo(new[] { "NEW", "OLD", "URL" }));
        Assert.That(model.GetProperty("environment").GetRawText(), Does.Not.Contain("two-and-only"));
    }

    [Test]
    public async Task Targets_OfSettings_ShowWhereLogAndMetricsAreAndNoSecret()
    {
        var settings = WerckerConfig.Parse(
            """
            { "targets": { "production": {
              "provider": "heroku", "app": "shop", "secrets": ["HEROKU_KEY"], "token": "s3cr3t-value", "mirror": "https://ann:pa55word@example.com/x",
              "variables": { "URL": "https://shop.example", "TOKEN_PRIVATE": "hidden-value" },
              "log-test": { "source": { "provider": "loggly", "domain": "acme", "token": "LOGGLY_TOKEN" }, "query": "json.level:error" },
              "metrics-test": { "source": { "provider": "graphite", "url": "https://graphite.example" }, "key": "shop.web", "heartbeat": {} } } } }
            """).Targets["production"];
        await using var board = await Board.StartAsync((options, one) => options.AddProject("shop", one.Store, project => project.AddTarget("production", target => target.AddSettings(settings))));
        using var reader = board.Browser();
        foreach (var path in new[] { "api/projects/shop/targets", "api/projects/shop/targets/production" })
        {
            var text = await reader.GetStringAsync(path);
            Assert.That(text, Does.Contain("loggly, acme").And.Contain("json.level:error").And.Contain("graphite, https://graphite.example").And.Contain("shop.web"), path);
            Assert.That(text, Does.Contain("HEROKU_KEY").And.Contain("LOGGLY_TOKEN"), path);
            Assert.That(text, Does.Not.Contain("s3cr3t-value").And.Not.Contain("pa55word").And.Not.Contain("hidden-value"), path);
        }
    }

    [Test]
    public async Task Project_OfASharedStore_ShowsItsOwnDeploymentsAlone()
    {
        await using var board = await Board.StartAsync((options, one) => options
            .AddProject("shop", one.Store, project => project.App = "shop")
            .AddProject("blog", one.Store, project => project.App = "blog"));
        await new Story(board.Store, "d1").BeginAsync();
        await new Story(board.Store, "d2", app: "blog").BeginAsync();
        using var reader = board.Browser();
        Assert.That(await reader.GetStringAsync("api/projects/shop"), Does.Contain("\"d1\"").And.Not.Contain("\"d2\""));
        using var other = await reader.GetAsync("projects/shop/deployments/d2");
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Feed_OfTargets_IsWhatMonitorsRead()
    {
        await using var board = await Board.StartAsync((options, one) => options.AddProject("shop", one.Store, project => project.AddTarget("production").AddTarget("staging").AddTarget("new")));
        await (await new Story(board.Store, "d1").BeginAsync("rev\u0001<1>")).EndAsync(DeployStatus.Failed);
        await (await new Story(board.Store, "d2", target: "staging").BeginAsync("r2")).EndAsync();
        await new Story(board.Store, "d3", start: Story.Start.AddDays(1)).BeginAsync();
        await using var lease = await board.Store.AcquireAsync("production", new Locks.LeaseRequest("d3", "ann", TimeSpan.Zero), default);
        using var reader = board.Browser();
        var projects = XDocument.Parse(await reader.GetStringAsync("projects/shop/cctray.xml")).Root!.Elements("Project").ToArray();
        Assert.That(projects.Select(one => ((string?)one.Attribute("name"), (string?)one.Attribute("activity"), (string?)one.Attribute("lastBuildStatus"), (string?)one.Attribute("lastBuildLabel"))), Is.EqualTo(new[]
        {
            ("shop :: production", "Building", "Failure", "rev<1>"),
            ("shop :: staging", "Sleeping", "Success", "r2"),
            ("shop :: new", "Sleeping", "Unknown", null),
        }));
        Assert.That((string?)projects[0].Attribute("webUrl"), Does.StartWith("http://127.0.0.1").And.EndWith("/tools/deploys/projects/shop/targets/production"));
        Assert.That((string?)projects[0].Attribute("lastBuildTime"), Is.EqualTo("2013-04-19T10:00:01Z"));
    }

    [Test]
    public async Task Document_OfTheApi_HasEveryAddressOfIt()
    {
        await using var board = await Board.StartAsync();
        using var reader = board.Browser();
        var document = await reader.GetFromJsonAsync<JsonElement>("api/openapi.json");
        Assert.That(document.GetProperty("openapi").GetString(), Does.StartWith("3.1"));
        var described = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        var served = board.Endpoints.Select(one => one.RoutePattern.RawText!).Where(path => path.Contains("/api/", StringComparison.Ordinal) && !path.EndsWith("openapi.json", StringComparison.Ordinal))
            .Select(path => path.Replace("{connection:int:min(0)}", "{connection}", StringComparison.Ordinal)).Distinct();
        Assert.That(described, Is.EquivalentTo(served));
    }

    [Test]
    public async Task Store_ThatCannotBeRead_IsSaidAndHidesNoOtherProject()
    {
        var broken = new Mock<IDeploymentStore>();
        broken.Setup(store => store.SearchAsync(It.IsAny<DeploymentSearch>(), It.IsAny<CancellationToken>())).ThrowsAsync(new IOException("The disk is gone."));
        await using var board = await Board.StartAsync((options, one) => options.AddProject("broken", broken.Object).AddProject("shop", one.Store));
        await new Story(board.Store, "d1").BeginAsync();
        using var reader = board.Browser();
        var projects = (await reader.GetFromJsonAsync<JsonElement>("api/projects")).GetProperty("projects");
        Assert.That(projects[0].GetProperty("problem").GetString(), Is.EqualTo("The disk is gone."));
        Assert.That(projects[1].GetProperty("latest").GetArrayLength(), Is.EqualTo(1));
        using var answer = await reader.GetAsync("api/projects/broken");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("The disk is gone."));
    }
}
