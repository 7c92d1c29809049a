using System.Text;

namespace Wercker.Pipeline.Logs.Lines;

/// <summary>Cuts a stream into lines without making a string of each.</summary>
internal sealed class LineBuffer(Stream stream)
{
    // A line that never ends must not fill the memory; what is beyond is left out.
    private const int LongestLine = 1 << 20;
    private readonly StreamReader _reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
    private char[] _buffer = new char[1 << 16];
    private int _start;
    private int _end;
    private int _next;
    private int _lineEnd;
    private bool _cutting;

    /// <summary>The line that was read, without its end.</summary>
    public ReadOnlySpan<char> Line => _buffer.AsSpan(_start, _lineEnd - _start).TrimEnd('\r');

    /// <summary>Reads the next line.</summary>
    /// <returns>False at the end of the stream. A last line without an end counts.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        _start = _next;
        var searched = _start;
        while (true)
        {
            var found = _buffer.AsSpan(searched, _end - searched).IndexOf('\n');
            if (found >= 0)
            {
                _lineEnd = searched + found;
                _next = _lineEnd + 1;
                if (!_cutting)
                {
                    return true;
                }

                _cutting = false;
                _start = searched = _next;
                continue;
            }

            if (_cutting)
            {
                _start = _end;
            }
            else if (_end - _start >= LongestLine)
            {
                _cutting = true;
                return EndAt(_end);
            }

            MakeRoom();
            searched = _end;
            var read = await _reader.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return EndAt(_end);
            }

            _end += read;
        }
    }

    private bool EndAt(int end)
    {
        _lineEnd = _next = end;
        return end > _start;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
