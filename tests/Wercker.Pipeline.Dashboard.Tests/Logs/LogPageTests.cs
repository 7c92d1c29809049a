using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Wercker.Pipeline.Dashboard.Tests.Logs;

public class LogPageTests
{
    private const string Log = "api/projects/shop/deployments/d1/log";

    [Test]
    public async Task Log_PageByPage_IsEveryLineOnce()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", Enumerable.Range(1, 5000).Select(i => $"line {i} {new string('x', i % 200)}"));
        }

        using var reader = board.Browser();
        var seen = new List<long>();
        long? line = 1;
        while (line is not null)
        {
            var page = await reader.GetFromJsonAsync<JsonElement>($"{Log}?line={line}&count=700");
            Assert.That((page.GetProperty("total").GetInt64(), page.GetProperty("isClosed").GetBoolean()), Is.EqualTo((5000L, true)));
            foreach (var one in page.GetProperty("lines").EnumerateArray())
            {
                seen.Add(one.GetProperty("number").GetInt64());
                Assert.That(one.GetProperty("spans")[0].GetProperty("text").GetString(), Does.StartWith($"line {seen[^1]} "));
            }

            line = page.TryGetProperty("after", out var after) ? after.GetInt64() : null;
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Range(1, 5000).Select(i => (long)i)));
        var end = await reader.GetFromJsonAsync<JsonElement>(Log);
        Assert.That((end.GetProperty("lines")[0].GetProperty("number").GetInt64(), end.GetProperty("before").GetInt64()), Is.EqualTo((4501L, 4001L)), "without a line it is the end");
        var beyond = await reader.GetFromJsonAsync<JsonElement>($"{Log}?line=999999");
        Assert.That(beyond.GetProperty("lines")[0].GetProperty("number").GetInt64(), Is.EqualTo(5000));
    }

    [Test]
    public async Task Log_WhileItGrows_HasWhatIsThereByNow()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        using var reader = board.Browser();
        using var log = board.Store.OpenLog("d1");
        for (var i = 1; i <= 4; i++)
        {
            Story.WriteLog(log, "Push", "out", Enumerable.Range(1, 299).Select(n => $"part {i} line {n}"));
            log.Write("2013-04-19T10:00:01.500Z Push out | an unfinished"u8);
            log.Flush();
            Assert.That(await LastAsync((300 * i) - 1), Is.EqualTo($"part {i} line 299"), "a line that has no end yet does not count");
            log.Write(" line\n"u8);
            log.Flush();
            Assert.That(await LastAsync(300 * i), Is.EqualTo("an unfinished line"));
        }

        // A store writes in its own time.
        async Task<string?> LastAsync(long total)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            while (true)
            {
                var page = await reader.GetFromJsonAsync<JsonElement>($"{Log}?count=1", patience.Token);
                Assert.That(page.GetProperty("total").GetInt64(), Is.LessThanOrEqualTo(total));
                if (page.GetProperty("total").GetInt64() == total)
                {
                    Assert.That(page.GetProperty("isClosed").GetBoolean(), Is.False);
                    return page.GetProperty("lines")[0].GetProperty("spans")[0].GetProperty("text").GetString();
                }
            }
        }
    }

    [Test]
    public async Task Log_WithoutAnEndOfItsLastLine_ShowsItWhenItIsClosed()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", "first");
            log.Write("killed within a li"u8);
        }

        using var reader = board.Browser();
        var page = await reader.GetFromJsonAsync<JsonElement>(Log);
        Assert.That(page.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("spans")[0].GetProperty("text").GetString()), Is.EqualTo(new[] { "first", "killed within a li" }));
    }

    [Test]
    public async Task FirstError_OfAFailedDeployment_IsJumpedTo()
    {
        await using var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync();
        await story.StepAsync("Push");
        await story.DoneAsync("Push", StepStatus.Failed, "rejected", decided: true);
        await story.EndAsync(DeployStatus.Failed);
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Setup", "err", Enumerable.Repeat("error: of a step that was tried again", 40));
            Story.WriteLog(log, "Push", "err", Enumerable.Repeat("progress", 40));
            Story.WriteLog(log, "Push", "err", "fatal: remote rejected");
        }

        using var reader = board.Browser();
        using var answer = await reader.GetAsync("projects/shop/deployments/d1/log/error");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(answer.Headers.Location!.ToString(), Is.EqualTo($"{Board.Root}/projects/shop/deployments/d1/log?line=71#L81"));
        Assert.That((await reader.GetFromJsonAsync<JsonElement>(Log)).GetProperty("firstError").GetInt64(), Is.EqualTo(81));
    }

    [Test]
    public async Task LogFile_OfAnyLength_IsTheWholeLog()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", Enumerable.Range(1, 20_000).Select(i => $"line {i} \u001b[31mred"));
        }

        using var reader = board.Browser();
        using var answer = await reader.GetAsync("projects/shop/deployments/d1/log/file");
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/plain"));
        Assert.That(answer.Content.Headers.ContentDisposition!.FileName, Is.EqualTo("d1.log"));
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n');
        Assert.That((lines.Length, lines[19_999]), Is.EqualTo((20_001, "2013-04-19T10:00:01.500Z Push out | line 20000 \u001b[31mred")));
    }

    [Test]
    public async Task Log_ThatIsNotKept_IsSaid()
    {
        await using var board = await Board.StartAsync();
        await new Story(board.Store, "d1").BeginAsync();
        using var reader = board.Browser();
        foreach (var path in new[] { "log", "log/file", "log/error" })
        {
            using var answer = await reader.GetAsync($"projects/shop/deployments/d1/{path}");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), path);
        }
    }
}
