using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes.Linux;

/// <summary>A bash session in processes of this machine.</summary>
internal sealed class ProcessBashHost : BashHost
{
    /// <summary>How long an EXIT trap may take.</summary>
    private static readonly TimeSpan TrapTime = TimeSpan.FromSeconds(10);
    private readonly string _bash;
    private readonly string _directory;
    private readonly IReadOnlyList<string> _environment;
    private readonly string _control;
    private readonly ProcessTree _tree;
    private readonly StreamPump _output;
    private readonly StreamPump _error;
    private BashProcess? _process;
    private bool _isReading;

    public ProcessBashHost(string bash, string directory, IReadOnlyList<string> environment, string control, ProcessTree tree)
    {
        _bash = bash;
        _directory = directory;
        _environment = environment;
        _control = control;
        _tree = tree;
        _output = new StreamPump(OutputStream.Output);
        try
        {
            _error = new StreamPump(OutputStream.Error);
        }
        catch (SandboxException)
        {
            _output.Close();
            throw;
        }
    }

    public override bool IsAlive => _process is { Ended.IsCompleted: false };

    public override string Answer => BashScript.AnswerTo(_process!.ReplyRedirection);

    public override ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            _tree.ReapEmptySessions();
        }

        _process = BashProcess.Start(_bash, _environment, _directory, _control, _output.WriteEnd, _error.WriteEnd);
        _tree.Add(_process.Pid);
        return ValueTask.CompletedTask;
    }

    public override Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script) => _process!.ExecuteAsync(script);

    public override void BeginOutput(OutputRelay relay)
    {
        _isReading = true;
        _output.Begin(relay);
        _error.Begin(relay);
    }

    public override async Task FenceAsync()
    {
        await Task.WhenAll(_output.FenceAsync(), _error.FenceAsync()).ConfigureAwait(false);
        _isReading = false;
    }

    public override async Task KillAsync()
    {
        await _tree.KillAsync().ConfigureAwait(false);
        if (_process is not null)
        {
            await _process.Ended.ConfigureAwait(false);
        }
    }

    public override async ValueTask DisposeAsync()
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
