using System.Diagnostics;

namespace Samples.Quickstart;

/// <summary>The web server as its owner sees it: a process that can be started, asked, restarted and stopped.</summary>
public sealed class WebServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly SiteDirectory _site;
    private Process? _process;

    private WebServerProcess(SiteDirectory site) => _site = site;

    /// <summary>Where the shop is, with a slash at the end. The port is a free one that the system chose, and stays the same.</summary>
    public string Url { get; private set; } = "http://127.0.0.1:0/";

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<WebServerProcess> StartAsync(SiteDirectory site, CancellationToken cancellationToken)
    {
        var server = new WebServerProcess(site);
        await server.LaunchAsync(cancellationToken);
        return server;
    }

    public Task<string> GetHealthAsync(CancellationToken cancellationToken) => _http.GetStringAsync(Url + "health", cancellationToken);

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await LaunchAsync(cancellationToken);
    }

    public async Task StopAsync()
    {
        if (!IsRunning)
        {
            return;
        }

        // The server ends when its standard input does: so it also ends when this process is killed.
        _process!.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process?.Dispose();
        _http.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        _process?.Dispose();
        var program = Path.Combine(AppContext.BaseDirectory, "Quickstart.dll");
        _process = Process.Start(new ProcessStartInfo("dotnet", [program, "serve", new Uri(Url).Port.ToString(), _site.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken);
        Url = line ?? throw new InvalidOperationException($"The web server did not start on {Url}.");
    }
}
