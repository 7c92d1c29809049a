using System.Runtime.Versioning;
using Wercker.Pipeline.Bubblewrap.Archives;
using Wercker.Pipeline.Bubblewrap.Limits;
using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Bash;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap;

/// <summary>One set of namespaces, and the shells in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class BubblewrapSandbox(WorkDirectory directory, Layout layout, string root, BubblewrapSandboxProvider provider) : ISandbox
{
    /// <summary>The variable by which processes of this sandbox are found from outside.</summary>
    public const string MarkName = "WERCKER_SANDBOX_ID";
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<(BubblewrapShell Shell, NamespaceBashHost Host)> _shells = [];
    private readonly List<NamespaceProcess> _spaces = [];
    private Task<NamespaceProcess>? _starting;
    private BubblewrapShell? _first;
    private LimitCounts _counts;
    private int _count;
    private bool _isDisposed;

    /// <inheritdoc />
    public string Root => root;

    /// <inheritdoc />
    public IReadOnlyList<string> Notices { get; init; } = [];

    public Layout Layout => layout;

    /// <summary>The user of the commands; null for that of this process.</summary>
    public int? Owner { get; init; }

    public required SandboxSpec Spec { get; init; }

    /// <summary>When it has lived long enough; null for no limit.</summary>
    public (DateTimeOffset At, TimeSpan Lifetime)? Deadline { get; init; }

    /// <summary>What starts the namespaces, program first.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>What the supervisor runs first.</summary>
    public required string Script { get; init; }

    public ControlGroup? Group { get; init; }

    /// <summary>A sandbox inside of a sandbox stays findable by the outer one.</summary>
    public string OuterMark { get; } = Environment.GetEnvironmentVariable(MarkName) is { } outer ? ";" + outer : "";

    /// <summary>Gives the supervisor an order, in new namespaces when the old ones are gone.</summary>
    public async Task<NamespaceProcess> OrderAsync(string order, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_spaces is [.., { IsAlive: true } space])
            {
                await space.SendAsync(order).ConfigureAwait(false);
                return space;
            }

            var fresh = await (Interlocked.Exchange(ref _starting, null) ?? LaunchAsync()).ConfigureAwait(false);
            await fresh.ComeUpAsync(Script + order, cancellationToken).ConfigureAwait(false);
            _spaces.Add(fresh);
            return fresh;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Waits for the end of the only session, and lets a sandbox that is not needed any more end with it; false when something still runs.</summary>
    public Task<bool> TryLeaveAsync(NamespaceBashHost host) =>
        !IsOnly(host) || _spaces is not [{ IsAlive: true } space] ? Task.FromResult(false) : _isDisposed ? space.LeaveAsync() : space.RestAsync();

    /// <summary>Ends what a session started. When it is the only one that is everything that runs in the sandbox, wherever it hides.</summary>
    public async Task ClearAsync(NamespaceBashHost host)
    {
        if (_spaces is not [.., { IsAlive: true } space])
        {
            return;
        }

        if (IsOnly(host))
        {
            await space.ClearAsync(provider.TimeProvider, provider.KillGrace).ConfigureAwait(false);
            return;
        }

        var tree = new ProcessTree(host.Mark, provider.TimeProvider, provider.KillGrace);
        tree.AddAnyAge();
        await tree.KillAsync().ConfigureAwait(false);
    }

    /// <summary>Starts the namespaces together with the first shell: its bash starts while the rest is still waited for.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        _starting = LaunchAsync();
        _first = await StartShellAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return Interlocked.Exchange(ref _first, null) ?? await StartShellAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<NamespaceProcess> LaunchAsync() => NamespaceProcess.StartAsync(Command, Path.Combine(layout.Control, Layout.Orders), Owner);

    private async Task<BubblewrapShell> StartShellAsync(CancellationToken cancellationToken)
    {
        var host = NamespaceBashHost.Make(this, $"stream{Interlocked.Increment(ref _count)}");
        var shell = new BubblewrapShell(new BashShell(host, provider.TimeProvider) { Deadline = Deadline }, this);
        lock (_shells)
        {
            _shells.Add((shell, host));
        }

        await host.StartAsync(cancellationToken).ConfigureAwait(false);
        return shell;
    }

    /// <summary>Which limit has been run into since this was last asked; null for none.</summary>
    public string? FindLimit()
    {
        var before = _counts;
        _counts = Group?.Read() ?? default;
        return _counts.Kills > before.Kills ? Spec.MemoryVerdict : _counts.Refusals > before.Refusals ? Spec.ProcessesVerdict : null;
    }

    /// <summary>Forgets a shell that has been closed.</summary>
    public void Forget(BubblewrapShell shell)
    {
        lock (_shells)
        {
            _shells.RemoveAll(entry => entry.Shell == shell);
        }
    }

    /// <inheritdoc />
    public ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken) =>
        new SandboxCopy(this).InAsync(Path.GetFullPath(hostPath), Path.Combine(root, sandboxPath), cancellationToken);

    /// <inheritdoc />
    public ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken) =>
        new SandboxCopy(this).OutAsync(Path.Combine(root, sandboxPath), Path.GetFullPath(hostPath), cancellationToken);

    /// <summary>A file of this process's own in the work directory, which commands cannot see.</summary>
    public string NewFile() => Path.Combine(layout.Work, $"copy{Interlocked.Increment(ref _count)}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        SandboxException? failure = null;
        foreach (var (shell, _) in Open())
        {
            failure = await TryAsync(shell.DisposeAsync().AsTask()).ConfigureAwait(false) ?? failure;
        }

        foreach (var space in _spaces)
        {
            failure = await TryAsync(EndAsync(space)).ConfigureAwait(false) ?? failure;
            space.Release();
        }

        Group?.Remove();
        directory.Remove();
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static async Task EndAsync(NamespaceProcess space)
    {
        if (space.IsAlive && !await space.LeaveAsync().ConfigureAwait(false))
        {
            await space.KillAsync().ConfigureAwait(false);
        }
    }

    private bool IsOnly(NamespaceBashHost host)
    {
        lock (_shells)
        {
            return _shells.TrueForAll(entry => entry.Host == host);
        }
    }

    private (BubblewrapShell Shell, NamespaceBashHost Host)[] Open()
    {
        lock (_shells)
        {
            return [.. _shells];
        }
    }

    /// <summary>What can still be cleaned up, is.</summary>
    private static async Task<SandboxException?> TryAsync(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
            return null;
        }
        catch (SandboxException e)
        {
            return e;
        }
    }
}
