using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Heroku.Tests;

/// <summary>An app on a local platform, with a source of its own and a target that deploys it.</summary>
internal sealed class LocalApp : IAsyncDisposable
{
    public const string Server = """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die;
        while (my $c = $s->accept) {
          while (<$c>) { last if /^\r?\n$/ }
          print $c "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nup\n";
          close $c;
        }
        """;

    private LocalApp(LocalHerokuPlatform platform, string directory)
    {
        Platform = platform;
        SourceDirectory = directory;
        Http = HerokuHttpClient.Create(platform.CaFile);
    }

    public LocalHerokuPlatform Platform { get; }

    public LocalHerokuFaults Faults => Platform.Faults;

    public HttpClient Http { get; }

    public string SourceDirectory { get; }

    public string Key => Platform.ApiKey;

    /// <summary>All output of all deployments.</summary>
    public RecordingOutputSink Output { get; } = new();

    public static async Task<LocalApp> StartAsync(bool ssh = false)
    {
        var platform = await LocalHerokuPlatform.StartAsync(new LocalHerokuOptions
        {
            App = "shop",
            EnableSsh = ssh,
            StopTimeout = TimeSpan.FromSeconds(2),
            CrashBackoff = TimeSpan.FromSeconds(5),
            AttachTimeout = TimeSpan.FromSeconds(10),
        });
        var app = new LocalApp(platform, Directory.CreateTempSubdirectory("wercker-heroku-test-").FullName);
        app.Write("Procfile", "web: exec perl server.pl\n");
        app.Write("server.pl", Server);
        return app;
    }

    public void Write(string name, string text)
    {
        var path = Path.Combine(SourceDirectory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public HerokuOptions Options(HerokuTransport transport = HerokuTransport.Https) => new()
    {
        App = Platform.App,
        ApiKey = new Secret(Platform.ApiKey),
        ApiUrl = Platform.ApiUrl,
        CaFile = Platform.CaFile,
        Transport = transport,
        GitUrl = (transport == HerokuTransport.Ssh ? Platform.SshGitUrl : Platform.GitUrl)?.ToString(),
        KnownHostsFile = Platform.KnownHostsFile,
        DynoTimeout = TimeSpan.FromSeconds(20),
        DynoSettleTime = TimeSpan.FromMilliseconds(300),
        RateLimitPatience = TimeSpan.FromSeconds(30),
    };

    /// <summary>The app's page, which the name server of this machine need not know.</summary>
    public async Task<string> GetPageAsync() => await Http.GetStringAsync(new UriBuilder(Platform.WebUrl) { Host = "127.0.0.1" }.Uri);

    /// <summary>Asks the platform's API beside the target.</summary>
    public async Task<JsonNode> ApiAsync(string path, HttpMethod? method = null, JsonNode? body = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(Platform.ApiUrl, path));
        request.Headers.Authorization = new("Bearer", Key);
        request.Headers.Accept.ParseAdd("application/vnd.heroku+json; version=3");
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        return JsonNode.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
    }

    public async Task<int> CountAsync(string path) => (await ApiAsync(path)).AsArray().Count;

    /// <summary>Waits until the log has a line that ends so.</summary>
    public async Task WaitForLineAsync(string end)
    {
        for (var tries = 0; tries < 200; tries++)
        {
            var session = await ApiAsync("/apps/shop/log-sessions", HttpMethod.Post, new JsonObject { ["lines"] = 1500 });
            if ((await Http.GetStringAsync((string)session["logplex_url"]!)).Split('\n').Any(line => line.EndsWith("]: " + end, StringComparison.Ordinal)))
            {
                return;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException($"no line '{end}' in the log");
    }

    /// <summary>The version of the release that is live.</summary>
    public async Task<int> LiveAsync() => (await ApiAsync("/apps/shop/releases")).AsArray().Single(release => (bool)release!["current"]!)!["version"]!.GetValue<int>();

    public HerokuTarget Target(HerokuOptions? options = null) => new(Http, options ?? Options());

    public StepHarness Harness(HerokuOptions? options = null, Source? source = null) => new()
    {
        Target = Target(options),
        Request = new DeployRequest(Platform.App, "r1") { Source = source ?? Source.Directory(SourceDirectory) },
        Services = new PipelineServices { Outputs = [Output] },
    };

    public Task<StepReport> PushAsync(HerokuOptions? options = null, Source? source = null) => Harness(options, source).RunAsync(new PushStep());

    public Task<StepReport> RunAsync(Func<HerokuTarget, DeployContext, CancellationToken, ValueTask<StepResult>> body, HerokuOptions? options = null) =>
        Harness(options).RunAsync(new Body((context, token) => body((HerokuTarget)context.Target, context, token)));

    /// <summary>Runs something with the target's context and hands out what it answers; its exceptions come through.</summary>
    public async Task<T> AskAsync<T>(Func<HerokuTarget, DeployContext, CancellationToken, ValueTask<T>> body, HerokuOptions? options = null)
    {
        T? answer = default;
        Exception? fault = null;
        await RunAsync(
            async (target, context, token) =>
            {
                try
                {
                    answer = await body(target, context, token);
                }
                catch (Exception e)
                {
                    fault = e;
                }

                return StepResult.Succeeded();
            },
            options);
        return fault is null ? answer! : throw fault;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Platform.DisposeAsync();
        Directory.Delete(SourceDirectory, recursive: true);
    }

    private sealed class Body(Func<DeployContext, CancellationToken, ValueTask<StepResult>> run) : IDeployStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => run(context, cancellationToken);
    }
}

/// <summary>Keeps the output of a command.</summary>
internal sealed class Collector : IOutputWriter
{
    private readonly MemoryStream _bytes = new();

    public string Text => Encoding.UTF8.GetString(_bytes.ToArray());

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _bytes.Write(bytes.Span);
        return ValueTask.CompletedTask;
    }
}
