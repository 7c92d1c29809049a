namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>A session of commands in one bash: timeouts, cancellation, and a new bash when the old one has ended.</summary>
internal sealed class BashShell(BashHost host, TimeProvider timeProvider) : ISandboxShell
{
    private const string Lost = "the next command gets a new one in the root, without the variables and functions that were set in this one";
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private BashReply? _last;
    private bool _isClosed;

    /// <summary>When its sandbox has lived long enough, and how long that is; null for no limit.</summary>
    public (DateTimeOffset At, TimeSpan Lifetime)? Deadline { get; init; }

    /// <inheritdoc />
    public async ValueTask<CommandResult> RunAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        CheckTimeout(command.Timeout, nameof(command.Timeout));
        CheckTimeout(command.NoOutputTimeout, nameof(command.NoOutputTimeout));
        if (command.Text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("The command holds a NUL character, which no shell can take.", nameof(command));
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isClosed)
            {
                throw new SandboxException("The shell has been closed; open another one.");
            }

            cancellationToken.ThrowIfCancellationRequested();
            return await RunOneAsync(command, output, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_gate.Wait(0))
        {
            // Only a command that runs needs to be told.
            await _closing.CancelAsync().ConfigureAwait(false);
            await _gate.WaitAsync().ConfigureAwait(false);
        }

        try
        {
            if (!_isClosed)
            {
                _isClosed = true;
                await host.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<CommandResult> RunOneAsync(ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        string? note = null;
        if (!host.IsAlive)
        {
            note = _last is { Flags: not null } ? $"bash had ended since the last command, so this one ran in a new one: variables and functions are lost" : null;
            _last = null;
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        using var relay = new OutputRelay(output, timeProvider, cancellationToken);
        var feed = await InputFeed.MakeAsync(host, command.Input, cancellationToken).ConfigureAwait(false);
        await using var feeding = feed.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token, relay.Failed, feed.Failed);
        host.BeginOutput(relay);
        var started = timeProvider.GetTimestamp();
        var execution = host.ExecuteAsync(BashScript.Compose(command.Text, _last, host, feed.Input));
        feed.Begin();
        var end = CommandEnd.Exited;
        try
        {
            end = await WatchAsync(execution, command, relay, started, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await EndAllAsync(execution).ConfigureAwait(false);
            relay.ThrowIfFailed();
            feed.ThrowIfFailed();
            cancellationToken.ThrowIfCancellationRequested();
            throw new SandboxException("The shell was closed while a command ran in it; the command was killed.");
        }

        if (end != CommandEnd.Exited)
        {
            await EndAllAsync(execution).ConfigureAwait(false);
        }
        else
        {
            await host.FenceAsync().ConfigureAwait(false);
        }

        relay.ThrowIfFailed();
        feed.ThrowIfFailed();
        var reply = await execution.ConfigureAwait(false);
        var duration = timeProvider.GetElapsedTime(started);
        _last = reply;
        if (end == CommandEnd.Exited && reply.ExitCode != 0 && await host.FindLimitAsync().ConfigureAwait(false) is { } limit)
        {
            var detail = reply.Flags is null ? $"{limit}; bash was ended with it, {Lost}" : limit;
            return new CommandResult(CommandEnd.LimitReached, reply.ExitCode, duration) { Detail = detail };
        }

        return new CommandResult(end, reply.ExitCode, duration) { Detail = DetailOf(end, command, reply) ?? note };
    }

    private async Task EndAllAsync(Task<BashReply> execution)
    {
        try
        {
            await host.KillAsync().ConfigureAwait(false);
            _last = await execution.ConfigureAwait(false) with { Flags = null };
        }
        finally
        {
            await host.FenceAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the command or for the first of its timeouts.</summary>
    private async Task<CommandEnd> WatchAsync(Task execution, ShellCommand command, OutputRelay relay, long started, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = Left(command.Timeout, timeProvider.GetElapsedTime(started));
            var silentLeft = Left(command.NoOutputTimeout, relay.Silence);
            if (execution.IsCompleted)
            {
                return CommandEnd.Exited;
            }

            if (left <= TimeSpan.Zero)
            {
                return CommandEnd.TimedOut;
            }

            if (silentLeft <= TimeSpan.Zero)
            {
                return CommandEnd.Silent;
            }

            var lifeLeft = Deadline is { } deadline ? Left(deadline.At - timeProvider.GetUtcNow(), TimeSpan.Zero) : silentLeft;
            if (lifeLeft <= TimeSpan.Zero)
            {
                return CommandEnd.LimitReached;
            }

            try
            {
                await execution.WaitAsync(new[] { left, silentLeft, lifeLeft }.Min(), timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // There may have been output meanwhile, or a day may not have been enough: look again.
            }
        }
    }

    private static TimeSpan Left(TimeSpan limit, TimeSpan used)
    {
        // No timer takes more than 49 days; what is longer is looked at once a day.
        var day = TimeSpan.FromDays(1);
        return limit == Timeout.InfiniteTimeSpan || limit - used > day ? day : limit - used;
    }

    private string? DetailOf(CommandEnd end, ShellCommand command, BashReply reply) => end switch
    {
        CommandEnd.TimedOut => $"killed: it took longer than {Words(command.Timeout)}; bash and all background processes were ended with it, {Lost}",
        CommandEnd.Silent => $"killed: no output for {Words(command.NoOutputTimeout)}; bash and all background processes were ended with it, {Lost}",
        CommandEnd.LimitReached => $"killed: time limit {Words(Deadline!.Value.Lifetime)}; the sandbox may not run longer",
        _ when reply.Flags is null && reply.ExitCode > 128 => $"bash was ended by signal {reply.ExitCode - 128} or left with that code; {Lost}",
        _ when reply.Flags is null => $"bash ended with the command (exit, exec, set -e or an unset variable under set -u); {Lost}",
        _ => null,
    };

    private static string Words(TimeSpan time) =>
        time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0.#} minutes" : time.TotalSeconds >= 2 ? $"{time.TotalSeconds:0.#} seconds" : $"{time.TotalMilliseconds:0} ms";

    private static void CheckTimeout(TimeSpan value, string name)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be longer than zero, or Timeout.InfiniteTimeSpan for no limit.");
        }
    }
}
