using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>
/// An application that a deployment changes by writing two files: "version", with which it beats in Graphite each second, and "mode", which says how it
/// is. It logs to Loggly. What the machine delays is made up for.
/// </summary>
internal sealed class ShopService : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _directory;
    private readonly GraphiteServer _graphite;
    private readonly LogglyServer _loggly;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public ShopService(string name, string directory, GraphiteServer graphite, LogglyServer loggly)
    {
        (_name, _directory, _graphite, _loggly) = (name, directory, graphite, loggly);
        File.WriteAllText(Path.Combine(directory, "version"), "before");
        File.WriteAllText(Path.Combine(directory, "mode"), "good");
        _running = RunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        for (var next = DateTimeOffset.UtcNow.ToUnixTimeSeconds(); !_stop.IsCancellationRequested;)
        {
            var (version, mode) = (Read("version"), Read("mode"));
            var (from, now) = (next, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
            next = now + 1;

            // Between two writes a file is empty for a moment.
            if (version.Length > 0 && mode.Length > 0)
            {
                for (var second = from; second <= now; second++)
                {
                    _loggly.Add(new LogEntry(DateTimeOffset.FromUnixTimeSeconds(second), $$"""{"application":"{{_name}}","level":"{{(mode == "errors" ? "error" : "info")}}","text":"order paid"}"""));
                }

                await _graphite.SendAsync(mode == "silent" ? [] : Enumerable.Range(0, (int)(now - from + 1)).Select(i => ($"{_name}.web1.version.{version}", (double)(from + i), from + i)));
            }

            await Task.Delay(200, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_directory, file)).Trim();
}
