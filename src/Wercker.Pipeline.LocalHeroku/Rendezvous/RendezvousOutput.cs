namespace Wercker.Pipeline.LocalHeroku.Rendezvous;

/// <summary>
/// Copies a dyno's output to its client in pieces that end at a line's end. Clients look for the exit status in each piece
/// they receive, so a line that may hold it is not cut in two.
/// </summary>
internal sealed class RendezvousOutput(RendezvousClient client, TimeProvider time, bool asTerminal, bool drops)
{
    private const int LargestPiece = 16_000;
    private const byte MarkerStart = 0xEF;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private byte[] _rest = [];
    private bool _isGone;

    public async Task CopyAsync(Stream output)
    {
        byte[] buffer = new byte[64 * 1024];
        Task<int> reading = output.ReadAsync(buffer).AsTask();
        while (true)
        {
            // An unfinished line is held for a moment only: it may be a prompt.
            if (_rest.Length > 0 && await Task.WhenAny(reading, Task.Delay(Patience, time)).ConfigureAwait(false) != reading)
            {
                await WriteAsync(_rest).ConfigureAwait(false);
                _rest = [];
            }

            int read = await reading.ConfigureAwait(false);
            if (read == 0)
            {
                await WriteAsync(_rest).ConfigureAwait(false);
                return;
            }

            await TakeAsync([.. _rest, .. buffer.AsSpan(0, read)]).ConfigureAwait(false);
            reading = output.ReadAsync(buffer).AsTask();
        }
    }

    private async Task TakeAsync(byte[] bytes)
    {
        int end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (bytes.AsSpan(end).IndexOf(MarkerStart) < 0)
        {
            end = bytes.Length;
        }

        _rest = bytes[end..];
        await WriteAsync(bytes.AsMemory(0, end)).ConfigureAwait(false);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || _isGone)
        {
            return;
        }

        if (drops)
        {
            client.Abort();
            _isGone = true;
            return;
        }

        if (asTerminal)
        {
            bytes = WithCarriageReturns(bytes.Span);
        }

        while (!bytes.IsEmpty && !_isGone)
        {
            int size = Math.Min(bytes.Length, LargestPiece);
            int lineEnd = bytes.Span[..size].LastIndexOf((byte)'\n') + 1;
            size = size < bytes.Length && lineEnd > 0 ? lineEnd : size;
            _isGone = !await client.TryWriteAsync(bytes[..size]).ConfigureAwait(false);
            bytes = bytes[size..];
        }
    }

    private static byte[] WithCarriageReturns(ReadOnlySpan<byte> bytes)
    {
        var result = new List<byte>(bytes.Length + 16);
        foreach (byte b in bytes)
        {
            if (b == (byte)'\n')
            {
                result.Add((byte)'\r');
            }

            result.Add(b);
        }

        return [.. result];
    }
}
