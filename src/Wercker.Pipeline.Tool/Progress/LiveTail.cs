using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>The last lines of output. Of a block only its end is looked at, so that a block of a million lines costs what ten do.</summary>
internal sealed class LiveTail
{
    private const int Count = 6;
    private const int LongestLine = 1000;
    private readonly Queue<string> _lines = new(Count);
    private long _total;

    public IEnumerable<string> Lines => _total <= Count ? _lines : _lines.Prepend($"… {_total - _lines.Count} lines above, all of them in 'wercker log'");

    public void Clear()
    {
        _lines.Clear();
        _total = 0;
    }

    public void Add(ReadOnlySpan<byte> block)
    {
        _total += block.Count((byte)'\n');
        var start = block.Length;
        for (var i = 0; i <= Count && start > 0; i++)
        {
            start = block[..(start - 1)].LastIndexOf((byte)'\n') + 1;
        }

        foreach (var range in Split(block[start..]))
        {
            if (_lines.Count == Count)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(range);
        }
    }

    private static List<string> Split(ReadOnlySpan<byte> lines)
    {
        var texts = new List<string>(Count + 1);
        foreach (var range in lines.TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            var line = lines[range];
            texts.Add(ConsoleText.CleanLine(Encoding.UTF8.GetString(line.Length > LongestLine ? line[..LongestLine] : line)).Replace('\t', ' '));
        }

        return texts;
    }
}
