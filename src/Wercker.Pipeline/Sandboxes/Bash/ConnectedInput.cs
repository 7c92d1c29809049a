using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>The stdin of one command at the other end of a connection: a further connection, whose bash hands everything on into a named pipe.</summary>
/// <remarks>
/// It cannot go over the session's own connection: a command that does not read its input would stand between bash and its next command. Blocks are sent
/// with their lengths, because a connection has no end that could be sent.
/// </remarks>
internal sealed class ConnectedInput : CommandInput
{
    private readonly BashConnection _connection;
    private readonly string _path = $"/tmp/.wercker-input-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
    private readonly StringBuilder _words = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _taken = new(0);
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _opened;
    private Task _ended = Task.CompletedTask;

    private ConnectedInput(BashConnection connection, string announcement, Task opened)
    {
        (_connection, Announcement, _opened) = (connection, announcement, opened);
    }

    public override string Redirection => "<" + _path;

    public override string Announcement { get; }

    /// <summary>Makes the pipe at the other end.</summary>
    /// <param name="connection">A connection of its own, which is disposed with this.</param>
    /// <param name="announcement">Shell text by which the command says that it has opened its stdin.</param>
    /// <param name="opened">Ends when it has said so.</param>
    /// <param name="cancellationToken">Cancels the making.</param>
    /// <exception cref="SandboxException">It cannot be made.</exception>
    public static async Task<ConnectedInput> StartAsync(BashConnection connection, string announcement, Task opened, CancellationToken cancellationToken)
    {
        var input = new ConnectedInput(connection, announcement, opened);
        try
        {
            input._ended = Task.Run(input.ReadAsync, CancellationToken.None);
            await connection.WriteAsync(Encoding.UTF8.GetBytes(input.Script()), cancellationToken).ConfigureAwait(false);
            await input._ready.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return input;
        }
        catch
        {
            await input.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    protected override async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await _opened.WaitAsync(cancellationToken).ConfigureAwait(false);
        await SendAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var length = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length}\n"));
        if (!await SendAsync(length, cancellationToken).ConfigureAwait(false) || !await SendAsync(bytes, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        // One block at a time: the other end has read it whole before it hands it on, so nothing is on its way when it ends. A connection that ends with a write in it that
        // nobody takes any more is ended badly by SSH.NET.
        var taking = _taken.WaitAsync(cancellationToken);
        await Task.WhenAny(taking, _ended).ConfigureAwait(false);
        if (!taking.IsCompleted)
        {
            return false;
        }

        await taking.ConfigureAwait(false);
        return true;
    }

    protected override async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        if (await SendAsync("0\n"u8.ToArray(), cancellationToken).ConfigureAwait(false))
        {
            await _ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    // As long as the other end is not open, the pipe is held for reading too, so that nothing waits and a connection that ends here leaves nothing behind.
    private string Script() => $$"""
        {
        umask 077
        mkfifo {{_path}} && exec 3<>{{_path}} || exit 1
        printf r
        read -r _ || { rm -f {{_path}}; exit; }
        exec 4>{{_path}} 3<&-
        rm -f {{_path}}
        while read -r n && ((n > 0)); do dd bs="$n" count=1 iflag=fullblock >&4 2>/dev/null || break; printf .; done
        exit
        }

        """.Replace("\r", "", StringComparison.Ordinal);

    private async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_ended.IsCompleted)
        {
            return false;
        }

        try
        {
            await _connection.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whoever handed it on has ended, because nobody read any more.
            return false;
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[512];
        try
        {
            while (await _connection.ReadAsync(buffer, _closing.Token).ConfigureAwait(false) is { Count: > 0 } read)
            {
                if (read.Stream == OutputStream.Output)
                {
                    _ready.TrySetResult();
                    if (buffer.AsSpan(0, read.Count).Count((byte)'.') is > 0 and var taken)
                    {
                        _taken.Release(taken);
                    }
                }
                else
                {
                    _words.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
                }
            }
        }
        catch (Exception)
        {
            // Either way there is nobody any more.
        }

        _ready.TrySetException(new SandboxException($"The stdin of a command could not be made in the sandbox, which needs mkfifo and dd and a writable /tmp. {_words}".TrimEnd()));
    }
}
