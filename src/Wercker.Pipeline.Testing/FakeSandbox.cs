using System.Collections.Concurrent;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Testing;

/// <summary>A sandbox that runs nothing: its shells answer from a script, its files are in memory.</summary>
public sealed class FakeSandbox : ISandbox
{
    private readonly TimeProvider _time;
    private int _openShells;

    /// <summary>Makes a sandbox.</summary>
    /// <param name="spec">What was asked for; null for an empty one.</param>
    /// <param name="script">What its shells answer; null for a script of its own.</param>
    /// <param name="timeProvider">The clock of scripted delays; null for the system's.</param>
    public FakeSandbox(SandboxSpec? spec = null, CommandScript? script = null, TimeProvider? timeProvider = null)
    {
        Spec = spec ?? new SandboxSpec();
        Script = script ?? new CommandScript();
        _time = timeProvider ?? TimeProvider.System;

        // The deployment's environment may change later; commands had what it was when the sandbox was made.
        Environment = Spec.Environment.ToDictionary(variable => variable.Name, variable => variable.Value.Reveal(), StringComparer.Ordinal);
    }

    /// <inheritdoc />
    public string Root => "/fake/source";

    /// <summary>What was asked for.</summary>
    public SandboxSpec Spec { get; }

    /// <summary>What its shells answer.</summary>
    public CommandScript Script { get; }

    /// <summary>The environment of its commands, protected values in clear.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The files in it by their path inside, relative ones from <see cref="Root"/>.</summary>
    public IDictionary<string, ReadOnlyMemory<byte>> Files { get; } = new ConcurrentDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>Thrown by <see cref="OpenShellAsync"/> instead of opening a shell. Default: null.</summary>
    public Exception? ShellFailure { get; set; }

    /// <summary>How many shells are open now.</summary>
    public int OpenShells => Volatile.Read(ref _openShells);

    /// <summary>True once it was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <inheritdoc />
    public ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfGone();
        if (ShellFailure is not null)
        {
            throw ShellFailure;
        }

        Interlocked.Increment(ref _openShells);
        return ValueTask.FromResult<ISandboxShell>(new Shell(this));
    }

    /// <inheritdoc />
    public async ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken)
    {
        ThrowIfGone();
        if (Directory.Exists(hostPath))
        {
            foreach (var file in Directory.EnumerateFiles(hostPath, "*", SearchOption.AllDirectories))
            {
                var inside = $"{sandboxPath}/{Path.GetRelativePath(hostPath, file).Replace('\\', '/')}";
                Files[inside] = await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        Files[sandboxPath] = await File.ReadAllBytesAsync(hostPath, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken)
    {
        ThrowIfGone();
        if (Files.TryGetValue(sandboxPath, out var content))
        {
            await File.WriteAllBytesAsync(hostPath, content, cancellationToken).ConfigureAwait(false);
            return;
        }

        var inside = Files.Where(file => file.Key.StartsWith(sandboxPath + "/", StringComparison.Ordinal)).ToArray();
        if (inside.Length == 0)
        {
            throw new SandboxException($"The sandbox has no '{sandboxPath}'. Put it into {nameof(Files)} before it is copied out.");
        }

        foreach (var (path, bytes) in inside)
        {
            var file = Path.Combine(hostPath, path[(sandboxPath.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    private void ThrowIfGone()
    {
        if (IsDisposed)
        {
            throw new SandboxException("The sandbox was disposed.");
        }
    }

    private sealed class Shell(FakeSandbox sandbox) : ISandboxShell
    {
        private readonly SemaphoreSlim _gate = new(1, 1);
        private int _closed;

        public async ValueTask<CommandResult> RunAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(command);
            ArgumentNullException.ThrowIfNull(output);
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                sandbox.ThrowIfGone();
                if (Volatile.Read(ref _closed) != 0)
                {
                    throw new SandboxException("The shell was closed.");
                }

                return await sandbox.Script.PlayAsync(command, output, sandbox._time, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _closed, 1) == 0)
            {
                Interlocked.Decrement(ref sandbox._openShells);
            }

            return ValueTask.CompletedTask;
        }
    }
}
