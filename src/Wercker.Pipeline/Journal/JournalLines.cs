namespace Wercker.Pipeline.Journal;

/// <summary>Reads whole lines of a file that may grow meanwhile; what stands behind the last line feed is not a line yet.</summary>
internal sealed class JournalLines(Stream file)
{
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;
    private int _searched;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The next line without its line feed, valid until the next call; null at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _buffer.AsMemory(_start, _searched + at - _start);
                _start = _searched = _searched + at + 1;
                Number++;
                return line;
            }

            _searched = _end;
            if (_end == _buffer.Length)
            {
                MakeRoom();
            }

            var count = await file.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                return null;
            }

            _end += count;
        }
    }

    private void MakeRoom()
    {
        var target = _end - _start > _buffer.Length / 2 ? new byte[_buffer.Length * 2] : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        _buffer = target;
        _searched -= _start;
        _end -= _start;
        _start = 0;
    }
}
