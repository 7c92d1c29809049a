using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Dashboard.Live;

namespace Wercker.Pipeline.Dashboard.Tests.Live;

public class LiveTests
{
    private const string Live = "api/projects/shop/deployments/d1/live";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Live_FromBeginningToEnd_TellsEventsLinesAndTheEnd()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        using var reader = board.Browser();
        var watching = WatchAsync(reader, Live);
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", "<b>one</b>", "two");
            await story.StepAsync("Push");
            await story.ValueAsync("Push", "a secretive key", "a value");
            await story.DoneAsync("Push");
            Story.WriteLog(log, "Push", "out", "three");
        }

        await story.EndAsync();
        var seen = await watching.WaitAsync(Patience);
        Assert.That(seen.Where(one => one.EventType == "event").Select(one => Json(one).GetProperty("kind").GetString()), Is.EqualTo(new[] { "deploymentStarted", "stepStarted", "stepFinished", "deploymentFinished" }));
        Assert.That(LinesOf(seen), Is.EqualTo(new[] { "<b>one</b>", "two", "three" }));
        Assert.That(seen[^1].EventType, Is.EqualTo("end"));
        Assert.That(Json(seen[^1]).GetProperty("verdict").GetString(), Is.EqualTo("succeeded"));
        Assert.That(string.Concat(seen.Select(one => one.Data)), Does.Not.Contain("<b>").And.Not.Contain("secretive"));
    }

    [Test]
    public async Task Live_ComingBackWithTheLastId_GetsWhatIsMissing()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        await story.StepAsync("Push");
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", Enumerable.Range(1, 50).Select(i => $"line {i}"));
        }

        await story.EndAsync();
        using var reader = board.Browser();
        reader.DefaultRequestHeaders.Add("Last-Event-ID", "2-30");
        var seen = await WatchAsync(reader, Live).WaitAsync(Patience);
        Assert.That(seen.Where(one => one.EventType == "event").Select(one => Json(one).GetProperty("sequence").GetInt64()), Is.EqualTo(new[] { 3L }));
        Assert.That(LinesOf(seen), Is.EqualTo(Enumerable.Range(31, 20).Select(i => $"line {i}")));
    }

    [Test]
    public async Task Live_WhoeverSaysToHaveMoreThanThereIs_GetsNoOthersInTrouble()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        using var liar = board.Browser();
        using var reader = board.Browser();
        var lying = WatchAsync(liar, $"{Live}?after=999999-999999");
        var watching = WatchAsync(reader, Live);
        await story.StepAsync("Push");
        await story.EndAsync();
        var seen = await watching.WaitAsync(Patience);
        Assert.That(seen.Count(one => one.EventType == "event"), Is.EqualTo(3));
        Assert.That((await lying.WaitAsync(Patience))[^1].EventType, Is.EqualTo("end"));
    }

    [Test]
    public async Task Live_LogThatGrowsFasterThanAnybodyReads_SkipsAndSaysWhat()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", Enumerable.Range(1, 100_000).Select(i => $"line {i}"));
        }

        await story.EndAsync();
        using var reader = board.Browser();
        var seen = await WatchAsync(reader, Live).WaitAsync(Patience);
        var gap = Json(seen.Single(one => one.EventType == "gap"));
        var lines = LinesOf(seen);
        Assert.That((gap.GetProperty("from").GetInt64(), gap.GetProperty("to").GetInt64()), Is.EqualTo((1L, 100_000L - lines.Count)));
        Assert.That((lines.Count, lines[^1]), Is.EqualTo((200, "line 100000")));
    }

    [Test]
    public async Task Live_ManyViewersOfOneDeployment_HaveOneReader()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        var hub = board.Services.GetRequiredService<LiveHub>();
        using var reader = board.Browser();
        var watching = Enumerable.Range(0, 30).Select(_ => WatchAsync(reader, Live)).ToArray();
        for (var i = 0; i < 20; i++)
        {
            await story.StepAsync($"Step{i}");
        }

        Assert.That(hub.Readers, Is.LessThanOrEqualTo(1));
        await story.EndAsync();
        foreach (var seen in await Task.WhenAll(watching).WaitAsync(Patience))
        {
            Assert.That(seen.Where(one => one.EventType == "event").Select(one => Json(one).GetProperty("sequence").GetInt64()), Is.EqualTo(Enumerable.Range(1, 22).Select(i => (long)i)));
        }

        await UntilAsync(() => hub.Readers == 0, "nobody watches, so nobody reads");
    }

    [Test]
    public async Task Live_ViewerThatReadsNothing_HoldsUpNobody()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        using var reader = board.Browser();
        using var sleeping = await reader.GetAsync(Live, HttpCompletionOption.ResponseHeadersRead);
        var watching = WatchAsync(reader, Live);
        using (var log = board.Store.OpenLog("d1"))
        {
            for (var i = 0; i < 5; i++)
            {
                Story.WriteLog(log, "Push", "out", Enumerable.Repeat(new string('x', 500), 2000));
                await story.StepAsync($"Step{i}");
            }
        }

        await story.EndAsync();
        Assert.That((await watching.WaitAsync(Patience))[^1].EventType, Is.EqualTo("end"));
    }

    private static async Task<List<SseItem<string>>> WatchAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var seen = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            if (item.EventType != "ping")
            {
                seen.Add(item);
            }
        }

        return seen;
    }

    private static List<string> LinesOf(IEnumerable<SseItem<string>> seen) =>
        [.. seen.Where(one => one.EventType == "log").SelectMany(one => Json(one).GetProperty("lines").EnumerateArray()).Select(line => string.Concat(line.GetProperty("spans").EnumerateArray().Select(span => span.GetProperty("text").GetString())))];

    private static JsonElement Json(SseItem<string> item) => JsonElement.Parse(item.Data);

    private static async Task UntilAsync(Func<bool> holds, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            Assert.That(patience.IsCancellationRequested, Is.False, what);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
