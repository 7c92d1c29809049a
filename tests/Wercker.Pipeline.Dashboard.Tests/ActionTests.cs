using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Dashboard.Tests;

public class ActionTests
{
    private const string Deployment = "projects/shop/deployments/d1";

    [Test]
    public async Task Answer_OfAnOperator_IsRecordedAndCounts()
    {
        await using var board = await AskingAsync();
        var asked = (await board.Store.ListQuestionsAsync("d1", default)).Single();
        using var otto = await board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsync($"{Deployment}/answer", Form(("question", "d1-1"), ("choice", "roll-back"), ("reason", " the shop is empty ")));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(answer.Headers.Location!.ToString(), Is.EqualTo($"{Board.Root}/{Deployment}?done=answered"));
        var counts = await board.Store.DecideAsync(asked, default);
        Assert.That((counts.Choice, counts.By, counts.Reason), Is.EqualTo((DecisionChoice.RollBack, Board.Operator, "the shop is empty")));
        using var page = await otto.GetAsync($"projects/shop/audit");
        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var audit = await otto.GetFromJsonAsync<JsonElement>("api/projects/shop/audit");
        Assert.That(audit.GetProperty("actions")[0].GetProperty("by").GetString(), Is.EqualTo(Board.Operator));
    }

    [Test]
    public async Task Answer_ByTwo_TheFirstCounts()
    {
        await using var board = await AskingAsync();
        using var otto = await board.BrowserWithTokenAsync(Board.Operator);
        using var anna = await board.BrowserWithTokenAsync(Board.Admin);
        using var first = await otto.PostAsJsonAsync($"api/{Deployment}/answer", new { question = "d1-1", choice = "retry" });
        using var second = await anna.PostAsJsonAsync($"api/{Deployment}/answer", new { question = "d1-1", choice = "roll-back" });
        Assert.That(first.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await second.Content.ReadAsStringAsync(), Does.Contain("retry by otto"));
    }

    [Test]
    public async Task Cancel_OfARunningDeployment_IsAskedFor()
    {
        await using var board = await AskingAsync();
        await using var lease = await board.Store.AcquireAsync("production", new LeaseRequest("d1", "ann", TimeSpan.Zero), default);
        using var otto = await board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsync($"{Deployment}/cancel", Form());
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.SeeOther));
        Assert.That(await board.Store.FindCancelRequestAsync("d1", default), Is.EqualTo(Board.Operator));
    }

    [Test]
    public async Task Cancel_OfOneThatIsOver_IsRefused()
    {
        await using var board = await Board.StartAsync();
        await (await new Story(board.Store, "d1").BeginAsync()).EndAsync();
        using var otto = await board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsJsonAsync($"api/{Deployment}/cancel", new { });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
    }

    [TestCase("production")]
    [TestCase("eu/production")]
    [TestCase("<b> & co")]
    public async Task Target_FrozenThawedAndUnlocked_IsRecordedWithWhoAndWhy(string name)
    {
        await using var board = await Board.StartAsync((options, one) => options.AddProject("shop", one.Store, project => project.AddTarget(name)));
        using var anna = await board.BrowserWithTokenAsync(Board.Admin);
        var target = $"api/projects/shop/targets/{Uri.EscapeDataString(name)}";
        async Task<HttpStatusCode> Do(string what, object body)
        {
            using var answer = await anna.PostAsJsonAsync($"{target}/{what}", body);
            return answer.StatusCode;
        }

        Assert.That(await Do("thaw", new { reason = "nobody" }), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Do("freeze", new { message = " " }), Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await Do("freeze", new { message = "the sale begins" }), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await Do("freeze", new { message = "again" }), Is.EqualTo(HttpStatusCode.Conflict));
        var lease = (await anna.GetFromJsonAsync<JsonElement>(target)).GetProperty("lease");
        Assert.That((lease.GetProperty("isFrozen").GetBoolean(), lease.GetProperty("owner").GetString(), lease.GetProperty("message").GetString()), Is.EqualTo((true, Board.Admin, "the sale begins")));
        Assert.That(await Do("thaw", new { reason = "it is over" }), Is.EqualTo(HttpStatusCode.NoContent));
        await using var held = await board.Store.AcquireAsync(name, new LeaseRequest("d1", "ann", TimeSpan.Zero), default);
        Assert.That(await Do("thaw", new { reason = "not frozen" }), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await Do("unlock", new { reason = "it hangs" }), Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(await Do("unlock", new { reason = "it hangs" }), Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(
            (await board.Store.ListActionsAsync(null, null, 10, default)).Select(action => (action.Kind, action.By, action.Target, action.Reason)),
            Is.EqualTo(new[] { ("unlock", Board.Admin, name, "it hangs"), ("thaw", Board.Admin, name, "it is over"), ("freeze", Board.Admin, name, "the sale begins") }));
    }

    [Test]
    public async Task Connection_Tested_ShowsWhatWasSeenAndRecordsWho()
    {
        var asked = 0;
        await using var board = await Board.StartAsync((options, one) => options.AddProject("shop", one.Store, project => project.AddTarget("production", target => target
            .AddConnection("Loggly", "acme", _ => Task.FromResult($"It answers for the {++asked}. time."))
            .AddConnection("Graphite", "graphite.example", _ => throw new IOException("Nobody listens there.")))));
        using var anna = await board.BrowserWithTokenAsync(Board.Admin);
        using var good = await anna.PostAsJsonAsync("api/projects/shop/targets/production/connections/0/test", new { });
        using var bad = await anna.PostAsync("projects/shop/targets/production/connections/1/test", Form());
        using var none = await anna.PostAsJsonAsync("api/projects/shop/targets/production/connections/2/test", new { });
        var result = await good.Content.ReadFromJsonAsync<JsonElement>();
        Assert.That((result.GetProperty("succeeded").GetBoolean(), result.GetProperty("message").GetString(), result.GetProperty("by").GetString()), Is.EqualTo((true, "It answers for the 1. time.", Board.Admin)));
        Assert.That(bad.Headers.Location!.ToString(), Is.EqualTo($"{Board.Root}/admin?done=tested"));
        Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        var connections = (await anna.GetFromJsonAsync<JsonElement>("api/admin")).GetProperty("connections");
        Assert.That(connections.EnumerateArray().Select(one => one.GetProperty("result").GetProperty("message").GetString()), Is.EqualTo(new[] { "It answers for the 1. time.", "Nobody listens there." }));
        Assert.That((await board.Store.ListActionsAsync(null, null, 10, default)).Select(action => (action.Kind, action.By, action.Reason)), Is.EqualTo(new[]
        {
            ("test", Board.Admin, "Graphite: Nobody listens there."), ("test", Board.Admin, "Loggly: It answers for the 1. time."),
        }));
    }

    private static async Task<Board> AskingAsync()
    {
        var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        await story.StepAsync("Push");
        await story.DoneAsync("Push", StepStatus.Failed, "rejected", question: story.Question("Push", DecisionChoice.Retry, DecisionChoice.RollBack));
        return board;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
