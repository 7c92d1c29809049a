using System.Buffers;

namespace Wercker.Pipeline.Reports;

/// <summary>Keeps deploy.log while a deployment runs, and report.json, report.md, junit.xml and report.html of it.</summary>
/// <remarks>
/// Give it to <see cref="PipelineServices.Observers"/> and to <see cref="PipelineServices.Outputs"/>. The reports are written when the
/// deployment starts (they replace those of an earlier one), when a PostDeployTest has finished, when another step has finished and the last report is more than
/// a second old, and at the end; each file is replaced in one instant, so a killed process leaves whole files.
/// </remarks>
public sealed class ReportFolder : IDeployObserver, IOutputSink, IAsyncDisposable
{
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ReportFiles> _open = new(StringComparer.Ordinal);
    private readonly TimeProvider _timeProvider;
    private string? _only;

    /// <summary>Makes the directory and checks that it can be written, before anything is started.</summary>
    /// <param name="directory">Where the files go; made when it is not there.</param>
    /// <param name="timeProvider">The clock that says when buffered lines go to the file (after 250 ms); the system's by default.</param>
    /// <exception cref="ConfigurationException">The directory cannot be made or written.</exception>
    public ReportFolder(string directory, TimeProvider? timeProvider = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        Directory = Path.GetFullPath(directory);
        _timeProvider = timeProvider ?? TimeProvider.System;
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            var probe = Path.Combine(Directory, $".writable-{Guid.NewGuid():N}");
            File.OpenHandle(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ConfigurationException($"The report directory {Directory} cannot be written: {e.Message} Name another one, or make it writable.", e);
        }
    }

    /// <summary>The directory.</summary>
    public string Directory { get; }

    /// <summary>
    /// True to keep every deployment in a folder of its own, named by its id. False, the default, to keep one deployment in the
    /// directory itself: the first that is seen; others are refused, and nothing of theirs is mixed in.
    /// </summary>
    public bool FolderPerDeployment { get; init; }

    /// <summary>
    /// Where the log goes instead of deploy.log, for example <c>SqliteStore.OpenLog</c>: gets a deployment's id and opens a stream at the log's end. The stream is
    /// written in large pieces, flushed when what it was given is to be seen, and disposed with the deployment's end. Null, the default, for the file.
    /// </summary>
    public Func<string, Stream>? OpenLog { get; init; }

    /// <summary>Goes on with a deployment that another process began: its log is kept and its reports tell the whole story.</summary>
    /// <param name="events">The events so far, as the journal has them.</param>
    /// <exception cref="ArgumentException">There are no events.</exception>
    /// <exception cref="InvalidOperationException">The deployment is under way here, or another one has this folder.</exception>
    public void Resume(IEnumerable<DeployEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        DeployEvent[] earlier = [.. events];
        if (earlier.Length == 0)
        {
            throw new ArgumentException("A deployment without events cannot be resumed: start it.", nameof(events));
        }

        FilesOf(earlier[0].DeploymentId, false).Resume(earlier);
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">Another deployment has this folder.</exception>
    public async ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        var files = FilesOf(deployEvent.DeploymentId, deployEvent.Kind == DeployEventKind.DeploymentStarted);
        try
        {
            await files.RecordAsync(deployEvent, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (deployEvent.Kind == DeployEventKind.DeploymentFinished)
            {
                lock (_gate)
                {
                    _open.Remove(deployEvent.DeploymentId);
                }

                files.Dispose();
            }
        }
    }

    /// <inheritdoc />
    /// <exception cref="InvalidOperationException">Another deployment has this folder.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        FilesOf(block.DeploymentId, false).Write(block);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what is buffered and closes the logs of deployments that have not ended.</summary>
    /// <returns>When the files are closed.</returns>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach (var files in _open.Values)
            {
                files.Dispose();
            }

            _open.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private ReportFiles FilesOf(string deploymentId, bool isStart)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(deploymentId, out var files))
            {
                return files;
            }

            if (!FolderPerDeployment && (_only ??= deploymentId) != deploymentId)
            {
                throw new InvalidOperationException(
                    $"The report folder {Directory} belongs to deployment {_only}. Give {deploymentId} one of its own, or set {nameof(FolderPerDeployment)}.");
            }

            var directory = FolderPerDeployment ? Path.Combine(Directory, Checked(deploymentId)) : Directory;
            files = new ReportFiles(directory, () => OpenLog is { } open
                ? new DeployLogWriter(open(deploymentId), $"The log of deployment {deploymentId}", _timeProvider)
                : new DeployLogWriter(Path.Combine(directory, "deploy.log"), !isStart, _timeProvider));
            _open.Add(deploymentId, files);
            return files;
        }
    }

    private static string Checked(string deploymentId) => deploymentId.Length > 0 && deploymentId[0] != '.' && !deploymentId.AsSpan().ContainsAnyExcept(IdCharacters)
        ? deploymentId
        : throw new InvalidOperationException($"'{deploymentId}' cannot name a folder: a deployment id is letters, digits, '.', '_' and '-', and does not start with '.'.");
}
