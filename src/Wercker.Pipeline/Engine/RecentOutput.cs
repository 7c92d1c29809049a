using System.Text;

namespace Wercker.Pipeline.Engine;

/// <summary>Remembers the last few lines of an output of any length.</summary>
internal sealed class RecentOutput
{
    private const int Capacity = 4096;
    private readonly Lock _gate = new();
    private byte[] _bytes = [];
    private int _count;

    public void Add(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (_bytes.Length == 0)
            {
                _bytes = new byte[Capacity];
            }

            var tail = lines.Length > Capacity ? lines[^Capacity..] : lines;
            var keep = Math.Min(_count, Capacity - tail.Length);
            _bytes.AsSpan(_count - keep, keep).CopyTo(_bytes);
            tail.CopyTo(_bytes.AsSpan(keep));
            _count = keep + tail.Length;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _count = 0;
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            var text = _bytes.AsSpan(0, _count);
            if (_count == Capacity)
            {
                // The oldest line is most likely cut: better a line less than half a line.
                text = text[(text.IndexOf((byte)'\n') + 1)..];
            }

            return Encoding.UTF8.GetString(text).TrimEnd('\n');
        }
    }
}
