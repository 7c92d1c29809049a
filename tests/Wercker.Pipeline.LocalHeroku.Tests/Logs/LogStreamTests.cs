using System.Net;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Logs;

internal sealed class LogStreamTests : PlatformTest
{
    [Test]
    public async Task Backlog_WithFilters_ShowsTheLinesThatMatch()
    {
        await DeployAsync(AppFiles("1", "worker: echo one; echo two >&2; exec sleep 1000\n"));
        await WaitForStateAsync("web.1", "up");
        await WaitForLogAsync("app[worker.1]: two");

        string worker = await LogAsync(new() { ["dyno"] = "worker", ["source"] = "app" });
        string last = await LogAsync(new() { ["lines"] = 1 });
        string web = await LogAsync(new() { ["dyno_name"] = "web.1" });

        Assert.That(worker.Trim().Split('\n').Select(l => l[(l.IndexOf(' ') + 1)..]), Is.EquivalentTo(new[] { "app[worker.1]: one", "app[worker.1]: two" }));
        Assert.That(last.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(web.Trim().Split('\n'), Has.All.Match(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00 (app|heroku)\[web\.1\]: "));
    }

    [Test]
    public async Task Tail_WhileTheAppRuns_ShowsLinesAsTheyCome()
    {
        JsonNode session = (await SendAsync(HttpMethod.Post, "/apps/shop/log-sessions", new() { ["tail"] = true, ["lines"] = 0 })).Body!;
        using HttpClient anonymous = new();
        await using Stream stream = await anonymous.GetStreamAsync(new Uri(session["logplex_url"]!.ToString())).WaitAsync(Patience);
        using var reader = new StreamReader(stream);

        await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });

        Assert.That(await reader.ReadLineAsync().WaitAsync(Patience), Does.Contain(" app[api]: Enable maintenance mode by user "));
    }

    [Test]
    public async Task EventStream_AfterAReconnect_GoesOnAfterTheLastLineSeen()
    {
        JsonNode session = (await SendAsync(HttpMethod.Post, "/apps/shop/log-sessions")).Body!;
        using HttpClient anonymous = new();
        anonymous.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        using HttpResponseMessage response = await anonymous.GetAsync(new Uri(session["logplex_url"]!.ToString()));
        string all = await response.Content.ReadAsStringAsync();
        anonymous.DefaultRequestHeaders.Add("Last-Event-ID", "1");
        string later = await anonymous.GetStringAsync(new Uri(session["logplex_url"]!.ToString()));

        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/event-stream"));
        Assert.That(all, Does.StartWith("retry: 10\n\nid: 1\ndata: 2"));
        Assert.That(later, Does.StartWith("retry: 10\n\nid: 2\ndata: 2"));
    }

    [Test]
    public async Task Session_ThatDoesNotExist_IsNotFound()
    {
        using HttpClient anonymous = new() { BaseAddress = Heroku.ApiUrl };
        using HttpResponseMessage response = await anonymous.GetAsync(new Uri($"/sessions/{Guid.NewGuid()}", UriKind.Relative));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Drain_Added_GetsFramedLinesUntilItIsRemoved()
    {
        using var listener = new HttpListener();
        int port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        (int status, JsonNode? drain) = await SendAsync(HttpMethod.Post, "/apps/shop/log-drains", new() { ["url"] = $"http://user:pass@127.0.0.1:{port}/logs" });
        await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });
        HttpListenerContext delivery = await listener.GetContextAsync().WaitAsync(Patience);
        using var reader = new StreamReader(delivery.Request.InputStream);
        string body = await reader.ReadToEndAsync();
        delivery.Response.Close();

        Assert.That(status, Is.EqualTo(201));
        Assert.That(delivery.Request.ContentType, Is.EqualTo("application/logplex-1"));
        Assert.That(delivery.Request.Headers["Logplex-Msg-Count"], Is.EqualTo("1"));
        Assert.That(delivery.Request.Headers["Logplex-Drain-Token"], Is.EqualTo(drain!["token"]!.ToString()));
        Assert.That(delivery.Request.Headers["Authorization"], Is.EqualTo("Basic dXNlcjpwYXNz"));
        Assert.That(body, Does.Match(@"^\d+ <190>1 \S+ host app api - Enable maintenance mode by user \S+\n$"));
        Assert.That(int.Parse(body.Split(' ')[0]), Is.EqualTo(body.Length - body.IndexOf(' ') - 1));
        Assert.That((await SendAsync(HttpMethod.Delete, $"/apps/shop/log-drains/{drain["id"]}")).Status, Is.EqualTo(200));
        Assert.That((await GetAsync("/apps/shop/log-drains")).AsArray(), Is.Empty);
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
