using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Bash;
using Wercker.Pipeline.Sandboxes.Linux;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>A work directory, and the shells that run in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ProcessSandbox(
    WorkDirectory directory, string root, string bash, IReadOnlyDictionary<string, string> environment) : ISandbox
{
    private readonly List<BashShell> _shells = [];
    private (BashShell Shell, ProcessBashHost Host)? _first;
    private bool _hasBegun;
    private bool _isDisposed;

    /// <inheritdoc />
    public string Root => root;

    /// <inheritdoc />
    public IReadOnlyList<string> Notices { get; set; } = [];

    /// <summary>The variable by which processes of this sandbox are found.</summary>
    public required string Mark { get; init; }

    public required ProcessSandboxProvider Provider { get; init; }

    /// <summary>When it has lived long enough; null for no limit.</summary>
    public (DateTimeOffset At, TimeSpan Lifetime)? Deadline { get; init; }

    /// <summary>Starts the bash of the first session, which enters the root only when it is told to by <see cref="Open"/>.</summary>
    /// <exception cref="SandboxException">It does not start.</exception>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _hasBegun = true;
        if (Provider.AdoptOrphans)
        {
            OrphanAdoption.Begin();
        }

        _first = await StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says that the root is there.</summary>
    public void Open() => _first?.Host.EnterDirectory();

    /// <inheritdoc />
    public async ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        lock (_shells)
        {
            if (_first is var (first, _))
            {
                _first = null;
                return first;
            }
        }

        var (shell, host) = await StartAsync(cancellationToken).ConfigureAwait(false);
        host.EnterDirectory();
        return shell;
    }

    /// <inheritdoc />
    public ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken) =>
        CopyAsync(Path.GetFullPath(hostPath), Path.Combine(root, sandboxPath), cancellationToken);

    /// <inheritdoc />
    public ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken) =>
        CopyAsync(Path.Combine(root, sandboxPath), Path.GetFullPath(hostPath), cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        SandboxException? failure = null;
        foreach (var shell in _shells)
        {
            try
            {
                await shell.DisposeAsync().ConfigureAwait(false);
            }
            catch (SandboxException e)
            {
                // What can still be cleaned up, is.
                failure ??= e;
            }
        }

        if (_hasBegun && Provider.AdoptOrphans)
        {
            await OrphanAdoption.EndAsync().ConfigureAwait(false);
        }

        directory.Remove();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private async Task<(BashShell Shell, ProcessBashHost Host)> StartAsync(CancellationToken cancellationToken)
    {
        var mark = ProcessSandboxProvider.RandomName();
        var variables = environment.Select(pair => pair.Key == Mark ? $"{Mark}={mark}{pair.Value}" : $"{pair.Key}={pair.Value}").ToArray();
        var host = ProcessBashHost.Make(bash, root, variables, directory.Control, new ProcessTree(mark, Provider.TimeProvider, Provider.KillGrace));
        var shell = new BashShell(host, Provider.TimeProvider) { Deadline = Deadline };
        lock (_shells)
        {
            _shells.Add(shell);
        }

        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        return (shell, host);
    }

    private static async ValueTask CopyAsync(string from, string to, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(() => new FileCopy(cancellationToken).Copy(from, to), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"{from} could not be copied to {to}: {e.Message}", e);
        }
    }
}
