using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Testing.Tests;

/// <summary>The double of Loggly, asked as its documentation says.</summary>
public sealed class LogglyServerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private const string Window = "from=2026-03-01T12:00:00.000Z&until=2026-03-01T13:00:00.000Z";

    private static async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(LogglyServer server, string path, string? token = null)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("bearer", token ?? server.ApiToken);
        using var answer = await http.GetAsync(new Uri(server.Url, path));
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private static async Task<LogglyServer> ServerAsync() => (await LogglyServer.StartAsync()).Add(
        new LogEntry(Noon, "the quick fox", "web.1"), new LogEntry(Noon.AddMinutes(1), "the lazy dog"), new LogEntry(Noon.AddMinutes(2), """{"level":"error","request":{"path":"/cart"},"text":"no fox"}"""));

    [TestCase("*", 3)]
    [TestCase("the", 2)]
    [TestCase("THE fox", 1)]
    [TestCase("fox OR dog", 3)]
    [TestCase("fox AND NOT quick", 1)]
    [TestCase("fox -quick", 1)]
    [TestCase("\"lazy dog\"", 1)]
    [TestCase("\"dog lazy\"", 0)]
    [TestCase("(quick OR lazy) the", 2)]
    [TestCase("qu*", 1)]
    [TestCase("d?g", 1)]
    [TestCase("ick", 0)]
    [TestCase("json.level:error", 1)]
    [TestCase("json.request.path:\"/cart\"", 1)]
    [TestCase("json.level:*", 1)]
    [TestCase("syslog.host:web.1", 1)]
    [TestCase("logtype:json", 1)]
    [TestCase("NOT (fox OR dog)", 0)]
    public async Task Count_Query_FindsWhatItSays(string query, int count)
    {
        await using var server = await ServerAsync();

        Assert.That((int)(await GetAsync(server, $"apiv2/events/count?q={Uri.EscapeDataString(query)}&{Window}")).Body["count"]!, Is.EqualTo(count));
    }

    [TestCase("")]
    [TestCase("status:[400 TO 500]")]
    [TestCase("/fo+x/")]
    [TestCase("fox~2")]
    [TestCase("(fox")]
    [TestCase("fox AND")]
    [TestCase("level:")]
    public async Task Search_QueryBeyondTheDouble_Is400(string query)
    {
        await using var server = await ServerAsync();

        Assert.That((await GetAsync(server, $"apiv2/events/iterate?q={Uri.EscapeDataString(query)}&{Window}")).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("apiv2/events/iterate?q=*&start=3")]
    [TestCase("apiv2/events/iterate?q=*&order=up")]
    [TestCase("apiv2/events/iterate?q=*&from=yesterday")]
    [TestCase("apiv2/events/iterate?next=unknown")]
    [TestCase("apiv2/events?rsid=1")]
    public async Task Search_WrongParameter_Is400(string path)
    {
        await using var server = await ServerAsync();

        Assert.That((await GetAsync(server, path)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Search_ByRsid_GivesItsPages()
    {
        await using var server = await ServerAsync();
        var rsid = (await GetAsync(server, $"apiv2/search?q=*&{Window}&size=2&order=asc")).Body["rsid"]!["id"]!.GetValue<string>();
        var page = (await GetAsync(server, $"apiv2/events?rsid={rsid}&page=1")).Body;

        Assert.That((int)page["total_events"]!, Is.EqualTo(3));
        Assert.That(page["events"]!.AsArray().Single()!["timestamp"]!.GetValue<long>(), Is.EqualTo(Noon.AddMinutes(2).ToUnixTimeMilliseconds()));
    }

    [Test]
    public async Task Inputs_CustomerToken_IsTakenAndFoundAfterTheLag()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon);
        await using var server = await LogglyServer.StartAsync(clock);
        server.IndexingLag = TimeSpan.FromSeconds(30);
        using var http = new HttpClient();
        using var sent = await http.PostAsync(new Uri(server.Url, $"bulk/{server.CustomerToken}/tag/shop,web/"), new StringContent("one\ntwo\n", Encoding.UTF8));
        async Task<int> CountAsync() => (int)(await GetAsync(server, "apiv2/events/count?q=tag:shop&from=-10m&until=now")).Body["count"]!;

        Assert.That(await CountAsync(), Is.Zero);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.That(await CountAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task Tokens_OfTheOtherPurpose_AreRefused()
    {
        await using var server = await ServerAsync();
        using var http = new HttpClient();
        using var sent = await http.PostAsync(new Uri(server.Url, $"inputs/{server.ApiToken}/"), new StringContent("x"));

        Assert.That(sent.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await GetAsync(server, "apiv2/events/count?q=*", server.CustomerToken)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Cursor_TenMinutesOld_HasExpired()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Noon.AddHours(1));
        await using var server = await LogglyServer.StartAsync(clock);
        server.LargestPage = 1;
        server.Add(new LogEntry(Noon, "a"), new LogEntry(Noon, "b"));
        var next = (await GetAsync(server, $"apiv2/events/iterate?q=*&{Window}")).Body["next"]!.GetValue<string>();
        clock.Advance(TimeSpan.FromMinutes(11));

        Assert.That((await GetAsync(server, next)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
    }
}
