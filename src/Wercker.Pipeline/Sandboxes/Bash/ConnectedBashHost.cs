namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>A bash session at the other end of a connection.</summary>
/// <param name="connect">Makes the session's connection.</param>
/// <param name="connectBeside">Makes one beside it, for the input of a command.</param>
/// <param name="keeper">The script at the other end.</param>
internal sealed class ConnectedBashHost(
    Func<CancellationToken, ValueTask<BashConnection>> connect, Func<CancellationToken, ValueTask<BashConnection>> connectBeside, BashKeeper keeper) : BashHost
{
    /// <summary>How long an EXIT trap may take.</summary>
    private static readonly TimeSpan TrapTime = TimeSpan.FromSeconds(10);
    private KeptBash? _bash;

    public override bool IsAlive => _bash is { IsLost: false, Ended.IsCompleted: false };

    public override string Answer => _bash!.Answer;

    public override async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_bash is not { IsLost: false })
        {
            if (_bash is { } lost)
            {
                _bash = null;
                await lost.CloseAsync().ConfigureAwait(false);
            }

            _bash = await KeptBash.StartAsync(await connect(cancellationToken).ConfigureAwait(false), keeper, cancellationToken).ConfigureAwait(false);
        }

        _bash.StartBash(keeper.Root);
    }

    public override Task<BashReply> ExecuteAsync(ReadOnlyMemory<byte> script) => _bash!.ExecuteAsync(script);

    public override async ValueTask<CommandInput> OpenInputAsync(CancellationToken cancellationToken)
    {
        var connection = await connectBeside(cancellationToken).ConfigureAwait(false);
        return await ConnectedInput.StartAsync(connection, _bash!.AnnounceInput, _bash.ExpectInput(), cancellationToken).ConfigureAwait(false);
    }

    public override void BeginOutput(OutputRelay relay) => _bash!.BeginOutput(relay);

    public override Task FenceAsync() => _bash!.FenceAsync();

    public override Task KillAsync() => _bash!.KillAsync();

    public override ValueTask<string?> FindLimitAsync() => _bash!.FindLimitAsync();

    public override async ValueTask DisposeAsync()
    {
        if (_bash is null)
        {
            return;
        }

        _bash.BeginOutput(OutputRelay.Discarding);
        if (IsAlive)
        {
            _bash.Leave();
            try
            {
                await _bash.Ended.WaitAsync(TrapTime, TimeProvider.System).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await _bash.KillAsync().ConfigureAwait(false);
            }
        }

        await _bash.CloseAsync().ConfigureAwait(false);
    }
}
