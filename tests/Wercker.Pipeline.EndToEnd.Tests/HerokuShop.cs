using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>A local platform with an app, looked at without the tool, and a project that deploys to it.</summary>
internal sealed class HerokuShop : IAsyncDisposable
{
    public const string Server = """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die;
        while (my $c = $s->accept) {
          while (<$c>) { last if /^\r?\n$/ }
          open my $f, '<', 'version.txt'; my $v = <$f>;
          print $c "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n$v";
          close $c;
        }
        """;

    private readonly LocalHerokuPlatform _heroku;
    private readonly HttpClient _api;

    private HerokuShop(LocalHerokuPlatform heroku)
    {
        _heroku = heroku;
        _api = new HttpClient { BaseAddress = heroku.ApiUrl };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", heroku.ApiKey);
        _api.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.heroku+json; version=3");
        Work.Variable("HEROKU_KEY", heroku.ApiKey).File("Procfile", "web: exec perl server.pl\n").File("server.pl", Server).File("version.txt", "new\n");
        Config = new JsonObject
        {
            ["pre-deploy"] = new JsonArray("echo before"),
            ["post-deploy"] = new JsonArray("test -f version.txt"),
            ["post-deploy test"] = new JsonArray("curl --silent --fail $URL | grep -E \"new${WERCKER_ROLLED_BACK:+|old}\""),
            ["targets"] = new JsonObject
            {
                ["live"] = new JsonObject
                {
                    ["provider"] = "heroku",
                    ["app"] = heroku.App,
                    ["apiUrl"] = heroku.ApiUrl.ToString(),
                    ["gitUrl"] = heroku.GitUrl.ToString(),
                    ["caFile"] = heroku.CaFile,
                    ["dynoTimeoutSeconds"] = 20,
                    ["dynoSettleSeconds"] = 0.5,
                    ["rateLimitPatienceSeconds"] = 1,
                    ["secrets"] = new JsonArray("HEROKU_KEY"),
                    ["variables"] = new JsonObject { ["URL"] = Router.ToString() },
                },
            },
        };
    }

    public Workspace Work { get; } = new();

    /// <summary>The project's wercker.json, until it is deployed.</summary>
    public JsonObject Config { get; }

    public JsonObject Target => Config["targets"]!["live"]!.AsObject();

    public LocalHerokuFaults Faults => _heroku.Faults;

    public LocalHerokuPlatform Platform => _heroku;

    private Uri Router => new UriBuilder(_heroku.WebUrl) { Host = "127.0.0.1" }.Uri;

    /// <summary>Starts a platform with one app.</summary>
    /// <param name="procfile">The Procfile of a release that answers "old"; null for an app without one.</param>
    /// <param name="ssh">Whether it has git over SSH.</param>
    /// <param name="version">What that release answers.</param>
    public static async Task<HerokuShop> StartAsync(string? procfile, bool ssh = false, string version = "old")
    {
        var shop = new HerokuShop(await LocalHerokuPlatform.StartAsync(
            new LocalHerokuOptions { App = "shop", EnableSsh = ssh, CrashBackoff = TimeSpan.FromSeconds(1), StopTimeout = TimeSpan.FromSeconds(2) }));
        if (procfile is not null)
        {
            await shop.ReleaseAsync(procfile, version);
        }

        return shop;
    }

    /// <summary>Changes how the files get there.</summary>
    public void UseTransport(string transport)
    {
        Target["transport"] = transport;
        Target["gitUrl"] = (transport == "ssh" ? Platform.SshGitUrl! : Platform.GitUrl).ToString();
        Target["knownHostsFile"] = Platform.KnownHostsFile;
    }

    public Task<ToolResult> DeployAsync()
    {
        Work.Config(Config.ToJsonString());
        return Work.DeployAsync("--report", Work.Out("report"));
    }

    public ToolProcess StartDeploy()
    {
        Work.Config(Config.ToJsonString());
        return Work.StartDeploy();
    }

    public async Task<bool> IsInMaintenanceAsync() => (bool)(await GetAsync("/apps/shop"))["maintenance"]!;

    public Task SetMaintenanceAsync(bool on) => SendAsync(HttpMethod.Patch, "/apps/shop", new JsonObject { ["maintenance"] = on });

    public async Task<int> CountKeysAsync() => (await GetAsync("/account/keys")).AsArray().Count;

    public async Task CancelBuildsAsync()
    {
        foreach (var build in (await GetAsync("/apps/shop/builds")).AsArray().Where(build => (string?)build!["status"] == "pending"))
        {
            await SendAsync(HttpMethod.Delete, $"/apps/shop/builds/{build!["id"]}");
        }
    }

    /// <summary>What visitors see, when there is no maintenance.</summary>
    public async Task<string> GetPageAsync()
    {
        using var response = await _api.GetAsync(Router);
        return (await response.Content.ReadAsStringAsync()).Trim();
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _api.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    /// <summary>Every place in what a run has written that holds the key, as it is or as git sends it.</summary>
    public IEnumerable<string> PlacesOfTheKey(ToolResult result)
    {
        foreach (var shape in new[] { _heroku.ApiKey, Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + _heroku.ApiKey)) })
        {
            foreach (var file in Work.FilesWith(shape))
            {
                yield return file;
            }

            if ((result.Output + result.Error).Contains(shape, StringComparison.Ordinal))
            {
                yield return "the tool's output";
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _heroku.DisposeAsync();
        Work.Dispose();
    }

    private async Task ReleaseAsync(string procfile, string version)
    {
        var archive = new MemoryStream();
        await using (var compressed = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(compressed))
        {
            foreach (var (name, text) in new[] { ("Procfile", procfile), ("server.pl", Server), ("version.txt", version + "\n") })
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        var place = (await SendAsync(HttpMethod.Post, "/sources"))["source_blob"]!;
        using var anonymous = new HttpClient();
        using var content = new ByteArrayContent(archive.ToArray());
        using var put = await anonymous.PutAsync(new Uri((string)place["put_url"]!), content);
        await SendAsync(HttpMethod.Post, "/apps/shop/builds", new JsonObject { ["source_blob"] = new JsonObject { ["url"] = (string)place["get_url"]! } });
        while (await GetPageAsync() != version)
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _api.SendAsync(request);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
    }
}
