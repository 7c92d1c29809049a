using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>Debian's Prometheus in a directory of its own. Samples are written to it, or scraped from the targets that it is given.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _directory;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private ServerProcess? _process;

    private PrometheusServer(string directory) => _directory = directory;

    /// <summary>The root of its API.</summary>
    public Uri Url { get; } = new($"http://127.0.0.1:{ServerProcess.FreePort()}/");

    /// <summary>Starts it; it is ready when it returns.</summary>
    /// <param name="targets">What it scrapes each second, as host:port.</param>
    public static async Task<PrometheusServer> StartAsync(params IEnumerable<string> targets)
    {
        var server = new PrometheusServer(Directory.CreateTempSubdirectory("wercker-prometheus-").FullName);
        await File.WriteAllTextAsync($"{server._directory}/prometheus.yml", $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
            - job_name: app
              static_configs:
              - targets: [{{string.Join(", ", targets.Select(target => $"'{target}'"))}}]
            """);
        server._process = ServerProcess.Start(
            $"{server._directory}/log",
            [
                "prometheus", $"--config.file={server._directory}/prometheus.yml", $"--storage.tsdb.path={server._directory}/data", $"--web.listen-address={server.Url.Authority}",
                "--web.enable-remote-write-receiver", "--log.level=warn",
            ]);
        await server._process.UntilReadyAsync(async () => (await server._http.GetAsync(new Uri(server.Url, "-/ready"))).StatusCode == HttpStatusCode.OK);
        return server;
    }

    /// <summary>Writes samples of a series; they can be read when it returns.</summary>
    /// <param name="labels">Its labels in order of their names; the metric's name is "__name__".</param>
    /// <param name="samples">Milliseconds since 1970 and values, the oldest first.</param>
    public async Task WriteAsync(IReadOnlyList<(string Name, string Value)> labels, params IEnumerable<(long At, double Value)> samples)
    {
        // WriteRequest { repeated TimeSeries { repeated Label { name, value }, repeated Sample { double value, int64 timestamp } } } in protocol buffers.
        byte[] series =
        [
            .. labels.SelectMany(label => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(label.Name)), .. Field(2, Encoding.UTF8.GetBytes(label.Value))])),
            .. samples.SelectMany(sample => Field(2, [0x09, .. BitConverter.GetBytes(sample.Value), 0x10, .. Varint((ulong)sample.At)])),
        ];
        using var content = new ByteArrayContent(Snappy(Field(1, series)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using var response = await _http.PostAsync(new Uri(Url, "api/v1/write"), content);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private static byte[] Field(int number, byte[] bytes) => [(byte)((number << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }

    /// <summary>The block format of snappy with literals only: valid, and not smaller.</summary>
    private static byte[] Snappy(byte[] bytes)
    {
        // The tag of a literal of up to 65,536 bytes: its length less one in two bytes.
        var literals = bytes.Chunk(65536).SelectMany(chunk => (byte[])[61 << 2, (byte)(chunk.Length - 1), (byte)((chunk.Length - 1) >> 8), .. chunk]);
        return [.. Varint((ulong)bytes.Length), .. literals];
    }
}
