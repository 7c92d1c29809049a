using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Wercker.Pipeline.Journal;

/// <summary>A journal of plain files under a state directory: <c>runs/ID/journal.jsonl</c>, one event a line, beside the run's log.</summary>
/// <remarks>
/// Every event but a warning is on the disk before it counts as recorded. One process writes a deployment; any number may read it meanwhile.
/// A last line that a crash cut off was never acknowledged: readers pass over it and the next append removes it. On Unix only the
/// owner can read the files.
/// </remarks>
public sealed class FileJournal : IDeploymentJournal
{
    private const string FileName = "journal.jsonl";
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateDirectory = PrivateFile | UnixFileMode.UserExecute;
    private const int MaxIdLength = 128;

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    // A fixed number of gates: events of one deployment always meet at the same one, and no gate has to be given back.
    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1, 1))];

    /// <summary>Names the directory; nothing is touched before the first append.</summary>
    /// <param name="stateDirectory">Where the folder <c>runs</c> is, or will be made.</param>
    public FileJournal(string stateDirectory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(stateDirectory);
        RunsDirectory = Path.Combine(Path.GetFullPath(stateDirectory), "runs");
    }

    /// <summary>The directory that has a folder for every deployment; what else is kept of a run may stand beside its journal.</summary>
    public string RunsDirectory { get; }

    /// <summary>Where the log of a deployment is kept, while it runs and afterwards.</summary>
    /// <param name="deploymentId">The deployment; it need not be known.</param>
    /// <returns>The path of its deploy.log.</returns>
    /// <exception cref="ArgumentException">The id has other characters than letters, digits, '.', '_' and '-', starts with '.', or is longer than 128.</exception>
    public string GetLogPath(string deploymentId) => Path.Combine(DirectoryOf(deploymentId), "deploy.log");

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The id cannot name a folder.</exception>
    /// <exception cref="ConfigurationException">The state directory cannot be written.</exception>
    /// <exception cref="IOException">The event could not be written, because the disk is full for example.</exception>
    public async ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        var directory = DirectoryOf(deployEvent.DeploymentId);
        var json = JsonSerializer.SerializeToUtf8Bytes(deployEvent, JournalJsonContext.Default.DeployEvent);
        byte[] line = [.. json, (byte)'\n'];
        var gate = _gates[(uint)deployEvent.DeploymentId.GetHashCode(StringComparison.Ordinal) % _gates.Length];
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var file = OpenForAppend(directory);
            RemoveTornLine(file);
            file.Write(line);
            file.Flush(flushToDisk: deployEvent.Kind != DeployEventKind.Warning);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc />
    /// <exception cref="ArgumentException">The id cannot name a folder.</exception>
    /// <exception cref="InvalidDataException">A line is damaged; the events before it have been given, and the message names the line.</exception>
    public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) =>
        ReadFileAsync(Path.Combine(DirectoryOf(deploymentId), FileName), cancellationToken);

    /// <inheritdoc />
    /// <remarks>By the time of their first event, and by id where that is the same.</remarks>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!Directory.Exists(RunsDirectory))
        {
            yield break;
        }

        var runs = new List<(DateTimeOffset StartedAt, string Id)>();
        foreach (var directory in Directory.EnumerateDirectories(RunsDirectory))
        {
            var id = Path.GetFileName(directory);
            if (IsId(id) && await StartOfAsync(Path.Combine(directory, FileName), cancellationToken).ConfigureAwait(false) is { } startedAt)
            {
                runs.Add((startedAt, id));
            }
        }

        foreach (var (_, id) in runs.OrderByDescending(run => run.StartedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal))
        {
            yield return id;
        }
    }

    private static async IAsyncEnumerable<DeployEvent> ReadFileAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var file = OpenForRead(path);
        if (file is null)
        {
            yield break;
        }

        var lines = new JournalLines(file);
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return Parse(line.Span, path, lines.Number);
        }
    }

    /// <summary>When the deployment started; null when nothing of it was ever recorded.</summary>
    private static async ValueTask<DateTimeOffset?> StartOfAsync(string path, CancellationToken cancellationToken)
    {
        using var file = OpenForRead(path);
        if (file is null || await new JournalLines(file).ReadAsync(cancellationToken).ConfigureAwait(false) is not { } line)
        {
            return null;
        }

        try
        {
            return Parse(line.Span, path, 1).At;
        }
        catch (InvalidDataException)
        {
            // Listed all the same, so that somebody finds the damage.
            return File.GetLastWriteTimeUtc(path);
        }
    }

    private static DeployEvent Parse(ReadOnlySpan<byte> line, string path, int number)
    {
        try
        {
            var deployEvent = JsonSerializer.Deserialize(line, JournalJsonContext.Default.DeployEvent) ?? throw new JsonException("It is null.");

            // A stored null reads as "no value"; only a stored value has the member at all.
            return deployEvent is { Kind: DeployEventKind.ValueStored, Value: null } ? deployEvent with { Value = JsonElement.Parse("null"u8) } : deployEvent;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}:{number}: the journal is damaged here; the {number - 1} events before this line are whole. {e.Message}", e);
        }
    }

    private FileStream OpenForAppend(string directory)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(directory);
            }
            else
            {
                // One by one: the mode is given to the last directory of a path only.
                Directory.CreateDirectory(Path.GetDirectoryName(RunsDirectory)!, PrivateDirectory);
                Directory.CreateDirectory(RunsDirectory, PrivateDirectory);
                Directory.CreateDirectory(directory, PrivateDirectory);
                options.UnixCreateMode = PrivateFile;
            }

            return new FileStream(Path.Combine(directory, FileName), options);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Unwritable(e);
        }
        catch (IOException e) when (!Directory.Exists(directory))
        {
            throw Unwritable(e);
        }
    }

    private ConfigurationException Unwritable(Exception e) =>
        new($"The state directory {Path.GetDirectoryName(RunsDirectory)} cannot be written: {e.Message} Name another one, or make it writable.", e);

    private static FileStream? OpenForRead(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Goes to the end of the last whole line and lets nothing stand behind it.</summary>
    private static void RemoveTornLine(FileStream file)
    {
        Span<byte> block = stackalloc byte[512];
        var end = file.Length;
        while (end > 0)
        {
            var start = Math.Max(0, end - block.Length);
            var part = block[..(int)(end - start)];
            file.Position = start;
            file.ReadExactly(part);
            var at = part.LastIndexOf((byte)'\n');
            if (at >= 0)
            {
                end = start + at + 1;
                break;
            }

            end = start;
        }

        if (end < file.Length)
        {
            file.SetLength(end);
        }

        file.Position = end;
    }

    private string DirectoryOf(string deploymentId) => IsId(deploymentId)
        ? Path.Combine(RunsDirectory, deploymentId)
        : throw new ArgumentException($"'{deploymentId}' is no deployment id: use letters, digits, '.', '_' and '-', do not start with '.', and stay within {MaxIdLength}.", nameof(deploymentId));

    private static bool IsId(string? id) => id is { Length: > 0 and <= MaxIdLength } && id[0] != '.' && !id.AsSpan().ContainsAnyExcept(IdCharacters);
}
