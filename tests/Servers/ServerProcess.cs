using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>A server that tests start: a process group of its own, that ends with it, and with the tests even when they are killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // The shell waits for the end of its input, which comes when this process closes it or dies. Whoever survives TERM is killed.
    private const string Keeper =
        """
        log=$1; shift
        "$@" < /dev/null > "$log" 2>&1 &
        server=$!
        cat > /dev/null
        trap '' TERM
        kill -TERM 0
        (sleep 8; kill -KILL 0) &
        wait "$server"
        kill -KILL 0
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _keeper;
    private readonly string _log;

    private ServerProcess(Process keeper, string log) => (_keeper, _log) = (keeper, log);

    /// <summary>Starts a server.</summary>
    /// <param name="log">The file of its output.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">What it gets besides this process's environment.</param>
    public static ServerProcess Start(string log, IReadOnlyList<string> command, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("setsid", ["bash", "-c", Keeper, "server", log, .. command]) { RedirectStandardInput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProcess(Process.Start(start)!, log);
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until something holds.</summary>
    /// <param name="what">What it is, for the message when it never does.</param>
    /// <param name="holds">Asked again and again; an answer that cannot be had counts as no.</param>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        Exception? last = null;
        for (var started = Stopwatch.StartNew(); started.Elapsed < Patience;)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (Exception e)
            {
                // Whatever it is, it may be over in a moment: a server that is just starting, or answers 500 while it makes a file.
                last = e;
            }

            await Task.Delay(25);
        }

        throw new TimeoutException($"{what}: not within {Patience.TotalSeconds} seconds.", last);
    }

    /// <summary>Waits until the server does something; when it never does, its log is the message.</summary>
    public async Task UntilReadyAsync(Func<Task<bool>> ready)
    {
        try
        {
            await UntilAsync("The server is not ready", ready);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It says: {await File.ReadAllTextAsync(_log)}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
