using System.Runtime.ExceptionServices;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>Feeds one command from a stream, from its start to its end; or does nothing, for a command without input.</summary>
internal sealed class InputFeed : IAsyncDisposable
{
    /// <summary>A stream that does not let itself be interrupted is left to itself after that.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly Stream? _source;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _failed = new();
    private Task _feeding = Task.CompletedTask;
    private ExceptionDispatchInfo? _failure;

    private InputFeed(CommandInput? input, Stream? source) => (Input, _source) = (input, source);

    /// <summary>The command's stdin; null for none of its own.</summary>
    public CommandInput? Input { get; }

    /// <summary>Canceled when the stream has thrown.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Makes the command's stdin when it has one.</summary>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public static async ValueTask<InputFeed> MakeAsync(BashHost host, Stream? source, CancellationToken cancellationToken) =>
        new(source is null ? null : await host.OpenInputAsync(cancellationToken).ConfigureAwait(false), source);

    /// <summary>Begins, when the command is on its way.</summary>
    public void Begin()
    {
        if (Input is not null)
        {
            _feeding = Task.Run(() => FeedAsync(Input, _source!), CancellationToken.None);
        }
    }

    /// <summary>Throws what the stream threw: a command that got only a part of its input must not count.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public async ValueTask DisposeAsync()
    {
        if (Input is null)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _feeding.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }

        await Input.DisposeAsync().ConfigureAwait(false);
    }

    private async Task FeedAsync(CommandInput input, Stream source)
    {
        try
        {
            await input.FeedAsync(source, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The command has ended; what it did not read is of no interest.
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            await _failed.CancelAsync().ConfigureAwait(false);
        }
    }
}
