using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>A bash session inside of a namespace, started by its supervisor.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class NamespaceBashHost : PipedBashHost
{
    private readonly BubblewrapSandbox _sandbox;
    private readonly string _name;
    private Task<bool>? _leaving;

    private NamespaceBashHost(BubblewrapSandbox sandbox, string name, Pipe output, Pipe error)
        : base(output, error)
    {
        _sandbox = sandbox;
        _name = name;
    }

    /// <summary>A text that only the processes of this session have in their environment.</summary>
    public string Mark { get; } = ProcessSandboxProvider.RandomName();

    /// <summary>Makes it; bash is not started yet.</summary>
    /// <exception cref="SandboxException">Its pipes cannot be made.</exception>
    public static NamespaceBashHost Make(BubblewrapSandbox sandbox, string name)
    {
        var output = OpenFifo(Path.Combine(sandbox.Layout.Control, name + ".out"), sandbox.Owner);
        try
        {
            return new NamespaceBashHost(sandbox, name, output, OpenFifo(Path.Combine(sandbox.Layout.Control, name + ".err"), sandbox.Owner));
        }
        catch (SandboxException)
        {
            Descriptor.CloseAll(output.ReadEnd, output.WriteEnd);
            throw;
        }
    }

    public override async ValueTask<string?> FindLimitAsync()
    {
        var verdict = _sandbox.FindLimit();
        if (verdict == _sandbox.Spec.ProcessesVerdict)
        {
            // What the command has started fills the sandbox, so that nothing else could run.
            await KillAsync().ConfigureAwait(false);
        }

        return verdict;
    }

    protected override async ValueTask<BashProcess> StartBashAsync(bool isAgain, CancellationToken cancellationToken)
    {
        var pipes = BashPipes.Make(_sandbox.Layout.Control, Layout.ControlInside, _sandbox.Owner);
        try
        {
            var open = Supervisor.Open(Path.GetFileName(pipes.Directory), _name, $"{BubblewrapSandbox.MarkName}={Mark}{_sandbox.OuterMark}");
            var space = await _sandbox.OrderAsync(open, cancellationToken).ConfigureAwait(false);
            var process = BashProcess.Follow(pipes, space.Pid);
            process.Enter(_sandbox.Root);
            return process;
        }
        catch (Exception)
        {
            pipes.Close();
            throw;
        }
    }

    protected override void BeginEnd() => _leaving = _sandbox.TryLeaveAsync(this);

    protected override async Task KillAllAsync(BashProcess? process)
    {
        if (_leaving is not null && await _leaving.ConfigureAwait(false))
        {
            process?.Announce();
            return;
        }

        await _sandbox.ClearAsync(this).ConfigureAwait(false);
        process?.Announce();
    }

    private static Pipe OpenFifo(string path, int? owner)
    {
        const int readWrite = 2;
        var readEnd = BashPipes.Open(path, owner, 0);
        var writeEnd = readEnd < 0 ? -1 : Libc.Open(path, readWrite | Libc.CloseOnExec, 0);
        return writeEnd >= 0
            ? new Pipe(readEnd, writeEnd)
            : throw new SandboxException($"The pipe {path} could not be made: {Marshal.GetLastPInvokeErrorMessage()}. Raise the limit of open files (ulimit -n), or choose a work directory that can hold named pipes.");
    }
}
