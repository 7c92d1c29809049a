using System.Diagnostics;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

/// <summary>A Node.js application that sends its heartbeat with samples/heartbeat-node, and does nothing else.</summary>
internal sealed class NodeApp : IDisposable
{
    private readonly Process _process;

    private NodeApp(Process process) => _process = process;

    public static string Package { get; } = Path.Combine(Root(), "samples", "heartbeat-node");

    /// <summary>Starts node with the package preloaded, as its page shows; an interval of seconds is only possible from code.</summary>
    public static NodeApp Start(string url, string key, string host, string version, int? interval = null)
    {
        string[] arguments = interval is null
            ? ["-r", "./register", "-e", "setInterval(() => {}, 1000)"]
            : ["-e", $"require('./index').start({{ interval: {interval} }}); setInterval(() => {{}}, 1000)"];
        return new NodeApp(Process.Start(StartInfo(arguments, ("WERCKER_METRICS_URL", url), ("WERCKER_METRICS_KEY", key), ("WERCKER_METRICS_HOST", host), ("WERCKER_GIT_COMMIT", version)))!);
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = StartInfo(arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("node", arguments) { WorkingDirectory = Package };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
