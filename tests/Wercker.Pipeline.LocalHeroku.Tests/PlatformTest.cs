using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests;

/// <summary>A platform for each test, clients for it, and proof at the end that nothing of it is left.</summary>
internal abstract class PlatformTest
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private string _scratch = "";

    protected LocalHerokuPlatform Heroku { get; private set; } = null!;

    protected HttpClient Api { get; private set; } = null!;

    protected HttpClient Web { get; private set; } = null!;

    protected LocalHerokuOptions Options { get; } = new()
    {
        App = "shop",
        EnableSsh = false,
        StopTimeout = TimeSpan.FromSeconds(5),
        CrashBackoff = TimeSpan.FromMilliseconds(200),
    };

    protected string Scratch => _scratch;

    [SetUp]
    public async Task StartAsync()
    {
        _scratch = Directory.CreateTempSubdirectory("local-heroku-test-").FullName;
        Options.Directory = Path.Combine(_scratch, "platforms");
        Directory.CreateDirectory(Options.Directory);
        Configure(Options);
        Heroku = await LocalHerokuPlatform.StartAsync(Options);
        Api = new HttpClient { BaseAddress = Heroku.ApiUrl, Timeout = Patience };
        Api.DefaultRequestHeaders.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/vnd.heroku+json; version=3"));
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Heroku.ApiKey);
        Web = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = Heroku.WebUrl, Timeout = Patience };
    }

    [TearDown]
    public async Task StopAsync()
    {
        Api?.Dispose();
        Web?.Dispose();
        if (Heroku is not null)
        {
            await Heroku.DisposeAsync();
            Assert.That(Directory.GetFileSystemEntries(Options.Directory!), Is.Empty, "files left behind");
            Assert.That(ProcessesThatMention(Heroku.Directory), Is.Empty, "processes left behind");
        }

        Directory.Delete(_scratch, recursive: true);
    }

    protected virtual void Configure(LocalHerokuOptions options)
    {
    }

    protected static IEnumerable<string> ProcessesThatMention(string text)
    {
        foreach (string directory in Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            string seen = "";
            try
            {
                seen = File.ReadAllText(directory + "/cmdline") + File.ReadAllText(directory + "/environ");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or somebody else's.
            }

            if (seen.Contains(text, StringComparison.Ordinal) && Path.GetFileName(directory) != $"{Environment.ProcessId}")
            {
                yield return seen.Replace('\0', ' ');
            }
        }
    }

    protected async Task<JsonNode> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path)).Body!;

    protected async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await Api.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>Files of an app whose web process answers with its version.</summary>
    protected static Dictionary<string, string> AppFiles(string version = "1", string more = "") => new()
    {
        ["Procfile"] = $"web: exec perl server.pl\n{more}",
        ["server.pl"] = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "App", "server.pl")),
        ["version"] = version + "\n",
    };

    /// <summary>Builds and releases by the API, without git. The answer is the finished build.</summary>
    protected async Task<JsonNode> DeployAsync(Dictionary<string, string>? files = null)
    {
        JsonNode build = await StartBuildAsync(files);
        return await WaitAsync($"/apps/shop/builds/{build["id"]}", b => b["status"]!.ToString() != "pending");
    }

    protected async Task<JsonNode> StartBuildAsync(Dictionary<string, string>? files = null)
    {
        string directory = Write(files ?? AppFiles());
        string archive = directory + ".tgz";
        await RunAsync(_scratch, "tar", "-czf", archive, "-C", directory, ".");
        JsonNode source = (await SendAsync(HttpMethod.Post, "/sources")).Body!["source_blob"]!;
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(archive));
        using var anonymous = new HttpClient();
        using HttpResponseMessage put = await anonymous.PutAsync(new Uri(source["put_url"]!.ToString()), content);
        put.EnsureSuccessStatusCode();
        var body = new JsonObject { ["source_blob"] = new JsonObject { ["url"] = source["get_url"]!.ToString(), ["version"] = "abc1234567" } };
        (int status, JsonNode? build) = await SendAsync(HttpMethod.Post, "/apps/shop/builds", body);
        Assert.That(status, Is.EqualTo(201));
        return build!;
    }

    protected string Write(Dictionary<string, string> files)
    {
        string directory = Path.Combine(_scratch, Guid.NewGuid().ToString("N"));
        foreach ((string name, string text) in files)
        {
            string path = Path.Combine(directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return directory;
    }

    /// <summary>Asks until the answer is as wanted.</summary>
    protected async Task<JsonNode> WaitAsync(string path, Func<JsonNode, bool> isDone)
    {
        var watch = Stopwatch.StartNew();
        JsonNode last;
        do
        {
            last = await GetAsync(path);
            if (isDone(last))
            {
                return last;
            }

            await Task.Delay(25);
        }
        while (watch.Elapsed < Patience);
        Assert.Fail($"{path} never became what was waited for, at last it was {last}");
        return last;
    }

    protected Task<JsonNode> WaitForStateAsync(string dyno, string state) =>
        WaitAsync("/apps/shop/dynos", list => list.AsArray().Any(d => d!["name"]!.ToString() == dyno && d["state"]!.ToString() == state));

    /// <summary>Everything in the app's log so far.</summary>
    protected async Task<string> LogAsync(JsonObject? filter = null)
    {
        filter ??= new JsonObject { ["lines"] = 1500 };
        JsonNode session = (await SendAsync(HttpMethod.Post, "/apps/shop/log-sessions", filter)).Body!;
        using var anonymous = new HttpClient { Timeout = Patience };
        return await anonymous.GetStringAsync(new Uri(session["logplex_url"]!.ToString()));
    }

    protected async Task<string> WaitForLogAsync(string text)
    {
        var watch = Stopwatch.StartNew();
        string log;
        do
        {
            log = await LogAsync();
            if (log.Contains(text, StringComparison.Ordinal))
            {
                return log;
            }

            await Task.Delay(25);
        }
        while (watch.Elapsed < Patience);
        Assert.Fail($"the log never said '{text}':\n{log}");
        return log;
    }

    /// <summary>Runs a program to its end, errors among the output.</summary>
    protected static Task<(int Status, string Output)> RunAsync(string directory, params string[] command) => RunAsync(directory, [], "", command);

    protected static async Task<(int Status, string Output)> RunAsync(
        string directory, Dictionary<string, string> environment, string input, params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        return (process.ExitCode, await output + await errors);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", context.DnsEndPoint.Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
