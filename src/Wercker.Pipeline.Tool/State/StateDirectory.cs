using System.Text.Json;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Tool.State;

/// <summary>Where the tool keeps its runs: only the owner can read it, and git does not see it.</summary>
internal sealed class StateDirectory(string path) : IAsyncDisposable
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;

    public string Path { get; } = path;

    /// <summary>The journal, the leases on the targets, and the logs.</summary>
    public IDeploymentStore Store { get; } = StoreChoice.Open(System.IO.Path.Combine(path, "wercker.db"), Environment.GetEnvironmentVariable);

    /// <summary>Has a directory for every run, with its reports.</summary>
    public string RunsDirectory => System.IO.Path.Combine(Path, "runs");

    public string DirectoryOf(string id) => System.IO.Path.Combine(RunsDirectory, id);

    /// <summary>Makes the directory, before the first run is recorded.</summary>
    /// <exception cref="ConfigurationException">It cannot be made or written.</exception>
    public void Prepare()
    {
        try
        {
            foreach (var directory in new[] { Path, RunsDirectory })
            {
                if (Directory.Exists(directory))
                {
                    continue;
                }

                if (OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(directory);
                }
                else
                {
                    Directory.CreateDirectory(directory, PrivateDirectory);
                }
            }

            var ignore = System.IO.Path.Combine(Path, ".gitignore");
            if (!File.Exists(ignore))
            {
                File.WriteAllText(ignore, "*\n");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ConfigurationException($"The state directory {Path} cannot be written: {exception.Message} Name another one with --state, or make it writable.", exception);
        }
    }

    /// <summary>Leaves the files of an ended run to their owner alone.</summary>
    public void Protect(string id)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(DirectoryOf(id)))
        {
            return;
        }

        File.SetUnixFileMode(DirectoryOf(id), PrivateDirectory);
        foreach (var file in Directory.EnumerateFiles(DirectoryOf(id)))
        {
            File.SetUnixFileMode(file, PrivateFile);
        }
    }

    /// <summary>Writes the files of a run that is over once more, where its process was killed before it had written the last ones.</summary>
    public async Task CompleteFilesAsync(string id, CancellationToken cancellationToken)
    {
        var events = await EventsOfAsync(id, cancellationToken);
        if (events is not [_, .., { Kind: DeployEventKind.DeploymentFinished } last] || HasLastReport(id))
        {
            return;
        }

        await using (var folder = new ReportFolder(RunsDirectory) { FolderPerDeployment = true, OpenLog = Store.OpenLog })
        {
            folder.Resume(events.SkipLast(1));
            await folder.OnEventAsync(last, cancellationToken);
        }

        Protect(id);
    }

    /// <summary>Finds the run that is meant: by its id, by enough of its beginning or end, or the latest.</summary>
    /// <exception cref="ConfigurationException">There is no such run, or there are several.</exception>
    public async Task<string> FindAsync(string? id, CancellationToken cancellationToken)
    {
        if (await Store.SearchAsync(new DeploymentSearch { Limit = 1 }, cancellationToken) is not [var latest])
        {
            throw new ConfigurationException($"There are no runs in {Path}. Deploy something, or name the state directory with --state.");
        }

        if (id is null || await Store.FindAsync(id, cancellationToken) is not null)
        {
            return id ?? latest.Id;
        }

        var holders = id.Length == 0 ? [] : await Store.SearchAsync(new DeploymentSearch { Text = id, Limit = int.MaxValue }, cancellationToken);
        var matches = holders.Select(entry => entry.Id).Where(one => one.StartsWith(id, StringComparison.Ordinal) || one.EndsWith(id, StringComparison.Ordinal)).ToArray();
        return matches switch
        {
            [var only] => only,
            [] => throw new ConfigurationException($"There is no run '{ConsoleText.CleanLine(id)}' in {Path}. 'wercker runs' lists them."),
            _ => throw new ConfigurationException($"'{ConsoleText.CleanLine(id)}' can be {string.Join(" or ", matches.Take(5))}: say more of it."),
        };
    }

    /// <summary>Reads the report of a run, also of one that has not ended.</summary>
    public async Task<DeployReport> ReadAsync(string id, CancellationToken cancellationToken) => DeployReport.FromEvents(await EventsOfAsync(id, cancellationToken));

    public async Task<IReadOnlyList<DeployEvent>> EventsOfAsync(string id, CancellationToken cancellationToken)
    {
        var events = new List<DeployEvent>();
        await foreach (var deployEvent in Store.ReadAsync(id, cancellationToken))
        {
            events.Add(deployEvent);
        }

        return events;
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();

    private bool HasLastReport(string id)
    {
        try
        {
            using var report = JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(DirectoryOf(id), "report.json")));
            return report.RootElement.GetProperty("status").GetString() != "running";
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException)
        {
            return false;
        }
    }
}
