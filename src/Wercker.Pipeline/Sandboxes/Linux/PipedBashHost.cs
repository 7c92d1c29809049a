using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>A bash session whose output comes through two pipes that outlive any one bash.</summary>
internal abstract class PipedBashHost : BashHost
{
    /// <summary>How long an EXIT trap may take.</summary>
    private static readonly TimeSpan TrapTime = TimeSpan.FromSeconds(10);
    private readonly SessionPump _pump;
    private BashProcess? _process;

    /// <summary>Takes the pipes, which are closed at the end.</summary>
    protected PipedBashHost(Pipe output, Pipe error) => _pump = new SessionPump(output, error);

    public sealed override bool IsAlive => _process is { Ended.IsCompleted: false };

    public sealed override string Answer => BashScript.AnswerTo(_process!.ReplyRedirection);

    public sealed override string Wait => _process!.Wait;

    /// <summary>The bash that was started last; null before the first.</summary>
    protected BashProcess? Process => _process;

    /// <summary>What bash writes its stdout to.</summary>
    protected int OutputEnd => _pump.OutputEnd;

    /// <summary>What bash writes its stderr to.</summary>
    protected int ErrorEnd => _pump.ErrorEnd;

    public sealed override async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        _process = await StartBashAsync(_process is not null, cancellationToken).ConfigureAwait(false);
        _pump.Watch(_process);
    }

    public sealed override Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script) => _process!.ExecuteAsync(script);

    public sealed override ValueTask<CommandInput> OpenInputAsync(CancellationToken cancellationToken) => ValueTask.FromResult<CommandInput>(_process!.OpenInput());

    public sealed override void BeginOutput(OutputRelay relay) => _pump.Begin(relay);

    public sealed override Task FenceAsync() => _pump.FenceAsync();

    public sealed override async Task KillAsync()
    {
        await KillAllAsync(_process).ConfigureAwait(false);
        if (_process is not null)
        {
            await _process.Ended.ConfigureAwait(false);
        }
    }

    public sealed override async ValueTask DisposeAsync()
    {
        try
        {
            if (_process is not null)
            {
                _pump.Finish(TryBury);
                _process.EndCommands();
                BeginEnd();
                await WaitForTrapAsync(_process.Ended).ConfigureAwait(false);
                if (!_pump.IsClosed)
                {
                    await KillAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await _pump.CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Starts a bash.</summary>
    /// <param name="isAgain">Whether there was one before.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="SandboxException">It does not start.</exception>
    protected abstract ValueTask<BashProcess> StartBashAsync(bool isAgain, CancellationToken cancellationToken);

    /// <summary>Called when bash has been told to end for good, and before that is waited for.</summary>
    protected virtual void BeginEnd()
    {
    }

    /// <summary>Called on the pump's thread when the last bash has ended: gives back what belonged to it when it has left nothing behind; false when it has, or when that cannot be told.</summary>
    protected virtual bool TryBury() => false;

    /// <summary>Ends bash and everything that it started.</summary>
    /// <param name="process">The bash; null when none was started.</param>
    /// <exception cref="SandboxException">Something cannot be killed.</exception>
    protected abstract Task KillAllAsync(BashProcess? process);

    private static async Task WaitForTrapAsync(Task ended)
    {
        try
        {
            await ended.WaitAsync(TrapTime, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The kill that follows does not ask.
        }
    }
}
