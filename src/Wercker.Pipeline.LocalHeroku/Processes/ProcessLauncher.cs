using System.Diagnostics;

namespace Wercker.Pipeline.LocalHeroku.Processes;

/// <summary>Starts processes, each the leader of a group of its own, all carrying the marker of the platform.</summary>
internal sealed class ProcessLauncher(TimeProvider time, IDictionary<string, string> extraEnvironment)
{
    private const string PlatformMarker = "LOCAL_HEROKU_PLATFORM";
    private const string ProcessMarker = "LOCAL_HEROKU_PROCESS";

    private static readonly string[] Inherited = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "DOTNET_ROOT"];

    private readonly string _id = Guid.NewGuid().ToString("N");

    /// <summary>The assignment that makes a process one of ours, for scripts that start with an empty environment.</summary>
    public string Marker => $"{PlatformMarker}={_id}";

    public ChildProcess Start(LaunchSpec spec)
    {
        string process = Guid.NewGuid().ToString("N");
        var start = new ProcessStartInfo("env")
        {
            WorkingDirectory = spec.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // A platform that runs in the background has SIGINT ignored, and its children would inherit that: no Ctrl+C could reach them.
        start.ArgumentList.Add("--default-signal=INT,QUIT");
        start.ArgumentList.Add("setsid");
        start.ArgumentList.Add(spec.FileName);
        foreach (string argument in spec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (string name in Inherited)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                start.Environment[name] = value;
            }
        }

        foreach ((string name, string value) in extraEnvironment.Concat(spec.Environment))
        {
            start.Environment[name] = value;
        }

        start.Environment[PlatformMarker] = _id;
        start.Environment[ProcessMarker] = process;
        Process started = Process.Start(start)!;
        var traces = new ProcessTraces($"{ProcessMarker}={process}")
        {
            Directory = spec.OwnsDirectory ? spec.Directory : null,
            Pipe = ProcessTree.LinkOf($"/proc/{started.Id}/fd/1") is { } link && link.StartsWith("pipe:", StringComparison.Ordinal) ? link : null,
        };
        return new ChildProcess(started, traces, time);
    }

    /// <summary>Kills whatever carries the marker of this platform.</summary>
    public Task KillAllAsync() => ProcessTree.KillAsync(leader: null, new ProcessTraces(Marker), time);
}
