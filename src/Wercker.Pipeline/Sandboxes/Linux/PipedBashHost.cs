using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>A bash session whose output comes through two pipes that outlive any one bash.</summary>
internal abstract class PipedBashHost : BashHost
{
    /// <summary>How long an EXIT trap may take.</summary>
    private static readonly TimeSpan TrapTime = TimeSpan.FromSeconds(10);
    private readonly StreamPump _output;
    private readonly StreamPump _error;
    private BashProcess? _process;
    private bool _isReading;

    /// <summary>Takes the pipes, which are closed at the end.</summary>
    protected PipedBashHost(Pipe output, Pipe error)
    {
        _output = new StreamPump(OutputStream.Output, output);
        _error = new StreamPump(OutputStream.Error, error);
    }

    public sealed override bool IsAlive => _process is { Ended.IsCompleted: false };

    public sealed override string Answer => BashScript.AnswerTo(_process!.ReplyRedirection);

    /// <summary>What bash writes its stdout to.</summary>
    protected int OutputEnd => _output.WriteEnd;

    /// <summary>What bash writes its stderr to.</summary>
    protected int ErrorEnd => _error.WriteEnd;

    public sealed override async ValueTask StartAsync(CancellationToken cancellationToken) =>
        _process = await StartBashAsync(_process is not null, cancellationToken).ConfigureAwait(false);

    public sealed override Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script) => _process!.ExecuteAsync(script);

    public sealed override void BeginOutput(OutputRelay relay)
    {
        _isReading = true;
        _output.Begin(relay);
        _error.Begin(relay);
    }

    public sealed override async Task FenceAsync()
    {
        await Task.WhenAll(_output.FenceAsync(), _error.FenceAsync()).ConfigureAwait(false);
        _isReading = false;
    }

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
        if (!_isReading)
        {
            BeginOutput(OutputRelay.Discarding);
        }

        try
        {
            if (_process is not null)
            {
                _process.EndCommands();
                BeginEnd();
                await WaitForTrapAsync(_process.Ended).ConfigureAwait(false);
                await KillAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await FenceAsync().ConfigureAwait(false);
            _output.Close();
            _error.Close();
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
