using System.Net.Security;
using System.Net.Sockets;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Rendezvous;

/// <summary>The client side of an attached dyno. Disposing closes the connection.</summary>
internal sealed class RendezvousClient(TcpClient connection, SslStream stream, TimeProvider time) : IAsyncDisposable
{
    private const byte EndOfInput = 0x04;
    private const byte ControlC = 0x03;
    private const byte ControlBackslash = 0x1C;

    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HangupPatience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the dyno is done with the client.</summary>
    public Task Closed => _closed.Task;

    public async Task GreetAsync()
    {
        await stream.WriteAsync("rendezvous\r\n"u8.ToArray()).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>One call is one TLS record at most, so that a client that looks at chunks sees lines whole.</summary>
    public async Task<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Cuts the connection without a word.</summary>
    public void Abort()
    {
        connection.Client.LingerState = new LingerOption(true, 0);
        connection.Close();
    }

    /// <summary>Hands input on until its end was typed. A client that goes away hangs the process up.</summary>
    public async Task CopyInputAsync(ChildProcess process)
    {
        byte[] buffer = new byte[16 * 1024];
        bool open = true;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                if (open)
                {
                    open = await FeedAsync(process, buffer.AsMemory(0, read)).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }

        process.Signal(ProcessTree.Hangup);
        process.CloseInput();
        if (await Task.WhenAny(process.Exited, Task.Delay(HangupPatience, time)).ConfigureAwait(false) != process.Exited)
        {
            await process.KillAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits a moment before closing: a client that has not written its last byte yet would trip over the closed door.</summary>
    public Task LingerAsync(Task input) => Task.WhenAny(input, Task.Delay(Linger, time));

    public async ValueTask DisposeAsync()
    {
        try
        {
            await stream.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }

        _closed.TrySetResult();
    }

    /// <summary>False once the input has ended.</summary>
    private static async Task<bool> FeedAsync(ChildProcess process, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int control = bytes.Span.IndexOfAny(EndOfInput, ControlC, ControlBackslash);
                await process.Input.WriteAsync(control < 0 ? bytes : bytes[..control]).ConfigureAwait(false);
                await process.Input.FlushAsync().ConfigureAwait(false);
                if (control < 0)
                {
                    return true;
                }

                switch (bytes.Span[control])
                {
                    case EndOfInput:
                        process.CloseInput();
                        return false;
                    case ControlC:
                        process.Signal(ProcessTree.Interrupt);
                        break;
                    default:
                        process.Signal(ProcessTree.Quit);
                        break;
                }

                bytes = bytes[(control + 1)..];
            }

            return true;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The process does not want more.
            return false;
        }
    }
}
