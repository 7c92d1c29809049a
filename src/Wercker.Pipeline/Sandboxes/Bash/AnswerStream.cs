using System.Text;

namespace Wercker.Pipeline.Sandboxes.Bash;

/// <summary>One output stream of a connection: hands output to the relay of the command that runs, and takes the keeper's messages out of it.</summary>
/// <param name="stream">Which one.</param>
/// <param name="token">What every message begins with; it ends with a NUL.</param>
/// <param name="answer">Called with each message.</param>
internal sealed class AnswerStream(OutputStream stream, byte[] token, Action<OutputStream, string> answer)
{
    /// <summary>No message of the keeper is longer.</summary>
    private const int LongestMessage = 64;

    /// <summary>How much is kept of what background processes write between two commands.</summary>
    private const int MostHeld = 1 << 20;
    private readonly Lock _lock = new();
    private readonly MemoryStream _held = new();
    private byte[] _carry = [];
    private OutputRelay? _relay;
    private TaskCompletionSource _fence = Completed();
    private TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the relay has everything up to the answer.</summary>
    public Task Fenced
    {
        get
        {
            lock (_lock)
            {
                return _fence.Task;
            }
        }
    }

    /// <summary>From now on output goes to the relay, first what has been held back.</summary>
    public void Begin(OutputRelay relay)
    {
        lock (_lock)
        {
            _relay = relay;
            _fence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _begun.TrySetResult();
            _begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Output that comes from now on waits for the next relay.</summary>
    public void Fence()
    {
        lock (_lock)
        {
            _relay = null;
            _fence.TrySetResult();
        }
    }

    /// <summary>Takes bytes as they come; waits where nobody wants so many now.</summary>
    public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_carry.Length > 0)
        {
            bytes = (byte[])[.. _carry, .. bytes.Span];
            _carry = [];
        }

        while (true)
        {
            var at = bytes.Span.IndexOf(token);
            if (at < 0)
            {
                var kept = BeginningOf(token, bytes.Span);
                await HandOnAsync(bytes[..^kept]).ConfigureAwait(false);
                _carry = bytes[^kept..].ToArray();
                return;
            }

            await HandOnAsync(bytes[..at]).ConfigureAwait(false);
            var message = bytes[(at + token.Length)..];
            var end = message.Span.IndexOf((byte)0);
            if (end < 0 && message.Length < LongestMessage)
            {
                _carry = bytes[at..].ToArray();
                return;
            }

            bytes = message;
            if (end >= 0)
            {
                bytes = message[(end + 1)..];
                answer(stream, Encoding.ASCII.GetString(message.Span[..end]));
            }
        }
    }

    /// <summary>What has been held back, as text.</summary>
    public string HeldText()
    {
        lock (_lock)
        {
            return Encoding.UTF8.GetString(_held.GetBuffer().AsSpan(0, (int)_held.Length));
        }
    }

    private async ValueTask HandOnAsync(ReadOnlyMemory<byte> bytes)
    {
        OutputRelay? relay;
        byte[] before = [];
        Task? room = null;
        lock (_lock)
        {
            relay = _relay;
            if (relay is not null && _held.Length > 0)
            {
                before = _held.ToArray();
                _held.SetLength(0);
            }
            else if (relay is null)
            {
                _held.Write(bytes.Span);
                room = _held.Length > MostHeld ? _begun.Task : null;
            }
        }

        if (relay is not null)
        {
            relay.Write(stream, before);
            relay.Write(stream, bytes);
        }
        else if (room is not null)
        {
            await room.ConfigureAwait(false);
        }
    }

    /// <summary>How many bytes at the end may be the beginning of the token.</summary>
    private static int BeginningOf(ReadOnlySpan<byte> token, ReadOnlySpan<byte> bytes)
    {
        for (var length = Math.Min(bytes.Length, token.Length - 1); length > 0; length--)
        {
            if (bytes.EndsWith(token[..length]))
            {
                return length;
            }
        }

        return 0;
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
