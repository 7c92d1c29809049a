using System.Diagnostics;
using System.Globalization;

namespace Wercker.Pipeline.Tests.Servers;

/// <summary>Debian's PostgreSQL with a cluster of its own in a directory of its own. It refuses to run as root, so root runs it as another user.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>The password of its user; no output of anything may hold it.</summary>
    public const string Password = "pg-s3cret-pa55";

    private const string User = "postgres";
    private readonly string _directory = Directory.CreateTempSubdirectory("wercker-postgres-").FullName;
    private readonly int _port = ServerProcess.FreePort();
    private ServerProcess? _process;

    private readonly bool _isDurable;

    private PostgreSqlServer(bool isDurable) => _isDurable = isDurable;

    /// <summary>How to connect, as a connection string of Npgsql.</summary>
    public string Connection => $"Host=127.0.0.1;Port={_port};Username=wercker;Password={Password};Database=postgres";

    /// <summary>How to connect, as an address.</summary>
    public string Address => $"postgresql://wercker:{Password}@127.0.0.1:{_port}/postgres";

    private string Data => Path.Combine(_directory, "data");

    /// <summary>Makes the cluster and starts it; it is ready when it returns.</summary>
    /// <param name="isDurable">Whether it waits for the disk, as servers that are no test do.</param>
    public static async Task<PostgreSqlServer> StartAsync(bool isDurable = false)
    {
        var server = new PostgreSqlServer(isDurable);
        var password = Path.Combine(server._directory, "password");
        await File.WriteAllTextAsync(password, Password + "\n");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(["chown", "-R", User, server._directory]);
        }

        await RunAsync([.. Unprivileged, Program("initdb"), "-D", server.Data, "-U", "wercker", $"--pwfile={password}", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        await server.GoOnAsync();
        return server;
    }

    /// <summary>Starts the server of the cluster.</summary>
    public async Task GoOnAsync()
    {
        _process = ServerProcess.Start(
            Path.Combine(_directory, "log"),
            [
                .. Unprivileged, Program("postgres"), "-D", Data, "-p", _port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_directory}",
                "-c", $"fsync={(_isDurable ? "on" : "off")}", "-c", $"full_page_writes={(_isDurable ? "on" : "off")}", "-c", "shared_buffers=32MB", "-c", "max_connections=100",
            ]);
        await _process.UntilReadyAsync(async () => await ExitCodeAsync([Program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture)]) == 0);
    }

    /// <summary>Ends the server at once; its clients' connections break.</summary>
    /// <param name="how">How.</param>
    public async Task StopAsync(ServerStop how = ServerStop.Fast)
    {
        // Without the file it has ended already.
        var pidFile = Path.Combine(Data, "postmaster.pid");
        if (File.Exists(pidFile))
        {
            var pid = File.ReadLines(pidFile).First();
            var children = (await File.ReadAllTextAsync($"/proc/{pid}/task/{pid}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            await ExitCodeAsync(["kill", $"-{(how switch { ServerStop.Fast => "INT", ServerStop.Immediate => "QUIT", _ => "KILL" })}", pid]);
            await ServerProcess.UntilAsync("The server is still there", () => Task.FromResult(how == ServerStop.Killed ? !children.Any(IsThere) : !File.Exists(pidFile)));
            File.Delete(pidFile);
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
            _process = null;
        }
    }

    /// <summary>Ends the server and starts it again.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await GoOnAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>A killed server's children notice by themselves, and until then its shared memory is in use.</summary>
    private static bool IsThere(string pid) => Directory.Exists($"/proc/{pid}");

    private static string[] Unprivileged => Environment.IsPrivilegedProcess ? ["env", "-C", "/", "runuser", "-u", User, "--"] : ["env", "-C", "/"];

    /// <summary>Debian keeps the programs of a version apart from the others.</summary>
    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin", name)).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault() ?? name
            : name;

    private static async Task RunAsync(string[] command)
    {
        var code = await ExitCodeAsync(command);
        if (code != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {code}");
        }
    }

    private static async Task<int> ExitCodeAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}

/// <summary>How a server is ended.</summary>
internal enum ServerStop
{
    /// <summary>It breaks its connections and writes what it has to the disk.</summary>
    Fast,

    /// <summary>It drops everything, and recovers from its log when it is started again.</summary>
    Immediate,

    /// <summary>Its first process is killed with SIGKILL, as a machine that is short of memory does.</summary>
    Killed,
}
