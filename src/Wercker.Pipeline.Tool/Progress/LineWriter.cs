using System.Buffers;
using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Collects lines and writes them at once: a block of output is one write, whatever the number of its lines.</summary>
internal sealed class LineWriter(Stream stream)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(128 * 1024);

    public void Add(string text) => Encoding.UTF8.GetBytes(text, _buffer);

    /// <summary>Adds whole lines, each behind a prefix, without what could steer a terminal.</summary>
    public void AddLines(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> prefix)
    {
        var harmless = ConsoleText.IsHarmless(lines);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            _buffer.Write(prefix);
            if (harmless)
            {
                _buffer.Write(line);
            }
            else
            {
                ConsoleText.Write(line, _buffer);
            }

            _buffer.Write("\n"u8);
            if (_buffer.WrittenCount > 96 * 1024)
            {
                Flush();
            }
        }
    }

    public void Flush()
    {
        stream.Write(_buffer.WrittenSpan);
        stream.Flush();
        _buffer.ResetWrittenCount();
    }
}
