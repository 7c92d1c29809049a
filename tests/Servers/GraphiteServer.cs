using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>Debian's Graphite in a directory of its own: carbon-cache, and graphite-web under gunicorn.</summary>
/// <remarks>Metrics are kept each second for an hour; those that begin with "minute." each minute for a day.</remarks>
internal sealed class GraphiteServer : IAsyncDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's: another one that is found first does not have Debian's modules.
    private readonly string _directory;
    private readonly IReadOnlyList<(string Pattern, string Retention)> _retentions;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private ServerProcess? _carbon;
    private ServerProcess? _web;

    private GraphiteServer(string directory, IReadOnlyList<(string Pattern, string Retention)> retentions) => (_directory, _retentions) = (directory, retentions);

    /// <summary>Where carbon takes plaintext.</summary>
    public int LinePort { get; } = ServerProcess.FreePort();

    /// <summary>Where carbon takes pickles.</summary>
    public int PicklePort { get; } = ServerProcess.FreePort();

    /// <summary>The root of graphite-web.</summary>
    public Uri Url { get; } = new($"http://127.0.0.1:{ServerProcess.FreePort()}/");

    private int QueryPort { get; } = ServerProcess.FreePort();

    /// <summary>Starts both; they are ready when it returns.</summary>
    /// <param name="retentions">How long other metrics are kept: a pattern of their names, and a retention such as "300s:90d".</param>
    public static async Task<GraphiteServer> StartAsync(params IReadOnlyList<(string Pattern, string Retention)> retentions)
    {
        var server = new GraphiteServer(Directory.CreateTempSubdirectory("wercker-graphite-").FullName, retentions);
        foreach (var folder in new[] { "conf", "whisper", "log" })
        {
            Directory.CreateDirectory(Path.Combine(server._directory, folder));
        }

        await server.ConfigureAsync();
        await Task.WhenAll(server.StartCarbonAsync(), server.StartWebAsync());
        return server;
    }

    public async Task StartCarbonAsync()
    {
        _carbon = ServerProcess.Start(
            $"{_directory}/log/carbon.out",
            [Python, "/usr/bin/carbon-cache", $"--config={_directory}/conf/carbon.conf", $"--pidfile={_directory}/carbon.pid", $"--logdir={_directory}/log", "--nodaemon", "start"]);
        await _carbon.UntilReadyAsync(async () =>
        {
            foreach (var port in new[] { LinePort, PicklePort, QueryPort })
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
            }

            return true;
        });
    }

    public async Task StopCarbonAsync()
    {
        await _carbon!.DisposeAsync();
        _carbon = null;
    }

    /// <summary>Writes points through carbon; they can be read when it returns.</summary>
    /// <param name="points">Name, value and second.</param>
    public async Task WriteAsync(params IReadOnlyList<(string Name, double Value, long At)> points)
    {
        await SendAsync(points);
        foreach (var (name, _, at) in points.GroupBy(point => point.Name).Select(group => group.MaxBy(point => point.At)))
        {
            // The second before the point stands outside of the interval that render gives.
            var question = new Uri(Url, $"render?target={Uri.EscapeDataString(name)}&from={at - 1}&until={at}&format=json&noNullPoints=1&noCache=1");
            await ServerProcess.UntilAsync($"{name} can be read", async () => (await _http.GetStringAsync(question)).Contains(at.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }
    }

    /// <summary>Sends points to carbon and waits for nothing.</summary>
    /// <param name="points">Name, value and second.</param>
    public async Task SendAsync(params IEnumerable<(string Name, double Value, long At)> points)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", LinePort);
        var lines = string.Concat(points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Name} {point.Value:R} {point.At}\n")));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(lines));
    }

    /// <summary>Asks graphite-web.</summary>
    /// <param name="path">Path and query below the root.</param>
    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(Url, path));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var server in new[] { _web, _carbon }.OfType<ServerProcess>())
        {
            await server.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartWebAsync()
    {
        (string, string)[] environment =
        [
            ("PYTHONPATH", $"{_directory}/conf"), ("PYTHONDONTWRITEBYTECODE", "1"), ("DJANGO_SETTINGS_MODULE", "graphite.settings"), ("GRAPHITE_SETTINGS_MODULE", "wgraphite_settings"),
        ];

        // Django makes the tables of events first.
        _web = ServerProcess.Start(
            $"{_directory}/log/web.out",
            [
                "bash", "-c", "\"$0\" /usr/bin/graphite-manage migrate --run-syncdb --noinput && exec \"$0\" /usr/bin/gunicorn \"$@\"", Python,
                "--bind", Url.Authority, "--workers", "2", "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "graphite.wsgi:application",
            ],
            environment);
        await _web.UntilReadyAsync(async () => (await _http.GetAsync(new Uri(Url, "metrics/find?query=*"))).IsSuccessStatusCode);
    }

    private async Task ConfigureAsync()
    {
        // Debian's defaults listen on all interfaces, become another user, and drop what new metrics there are above 50 a minute.
        await WriteAsync("conf/carbon.conf", $"""
            [cache]
            STORAGE_DIR = {_directory}/
            LOCAL_DATA_DIR = {_directory}/whisper/
            CONF_DIR = {_directory}/conf/
            LOG_DIR = {_directory}/log/
            PID_DIR = {_directory}/
            USER =
            MAX_CACHE_SIZE = inf
            MAX_UPDATES_PER_SECOND = inf
            MAX_CREATES_PER_MINUTE = inf
            MIN_TIMESTAMP_RESOLUTION = 1
            LINE_RECEIVER_INTERFACE = 127.0.0.1
            LINE_RECEIVER_PORT = {LinePort}
            PICKLE_RECEIVER_INTERFACE = 127.0.0.1
            PICKLE_RECEIVER_PORT = {PicklePort}
            CACHE_QUERY_INTERFACE = 127.0.0.1
            CACHE_QUERY_PORT = {QueryPort}
            CACHE_WRITE_STRATEGY = naive
            CARBON_METRIC_INTERVAL = 0
            ENABLE_TAGS = False
            """);
        var others = string.Concat(_retentions.Select((one, i) => $"[other{i}]\npattern = {one.Pattern}\nretentions = {one.Retention}\n"));
        await WriteAsync("conf/storage-schemas.conf", others + """
            [minute]
            pattern = ^minute\.
            retentions = 1m:1d
            [default]
            pattern = .*
            retentions = 1s:1h
            """);
        await WriteAsync("conf/storage-aggregation.conf", """
            [default]
            pattern = .*
            xFilesFactor = 0
            aggregationMethod = average
            """);
        await WriteAsync("conf/wgraphite_settings.py", $$"""
            SECRET_KEY = '{{Guid.NewGuid():N}}'
            ALLOWED_HOSTS = ['*']
            TIME_ZONE = 'UTC'
            CONF_DIR = '{{_directory}}/conf'
            STORAGE_DIR = '{{_directory}}'
            LOG_DIR = '{{_directory}}/log'
            LOG_ROTATION = False
            INDEX_FILE = '{{_directory}}/index'
            WHISPER_DIR = '{{_directory}}/whisper'
            DATABASES = {'default': {'NAME': '{{_directory}}/graphite.db', 'ENGINE': 'django.db.backends.sqlite3'} }
            CARBONLINK_HOSTS = ['127.0.0.1:{{QueryPort}}']
            CARBONLINK_RETRY_DELAY = 1
            FIND_CACHE_DURATION = 0
            USE_WORKER_POOL = False
            TAGDB = ''
            """);
        await WriteAsync("index", string.Empty);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_directory, file), text + "\n");
}
