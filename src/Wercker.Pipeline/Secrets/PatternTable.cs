namespace Wercker.Pipeline.Secrets;

/// <summary>Patterns in byte order, each once, side by side in one array.</summary>
internal sealed class PatternTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly bool[] _wholeToken;

    public PatternTable(IEnumerable<SecretPattern> patterns)
    {
        // Of equal patterns the one that counts anywhere comes first, and is the one that stays.
        var sorted = patterns.ToArray();
        Array.Sort(sorted, static (x, y) =>
            x.Bytes.AsSpan().SequenceCompareTo(y.Bytes) is var order && order != 0 ? order : x.WholeToken.CompareTo(y.WholeToken));
        var kept = new List<SecretPattern>(sorted.Length);
        foreach (var pattern in sorted)
        {
            if (kept.Count == 0 || !kept[^1].Bytes.AsSpan().SequenceEqual(pattern.Bytes))
            {
                kept.Add(pattern);
            }
        }

        Count = kept.Count;
        Shortest = kept.Count == 0 ? 0 : kept.Min(pattern => pattern.Bytes.Length);
        Longest = kept.Count == 0 ? 0 : kept.Max(pattern => pattern.Bytes.Length);
        _bytes = [.. kept.SelectMany(pattern => pattern.Bytes)];
        _wholeToken = [.. kept.Select(pattern => pattern.WholeToken)];
        _starts = new int[Count + 1];
        for (var i = 0; i < Count; i++)
        {
            _starts[i + 1] = _starts[i] + kept[i].Bytes.Length;
        }
    }

    public int Count { get; }

    public int Shortest { get; }

    public int Longest { get; }

    public ReadOnlySpan<byte> this[int index] => _bytes.AsSpan(_starts[index], _starts[index + 1] - _starts[index]);

    public bool IsWholeToken(int index) => _wholeToken[index];

    /// <summary>The first pattern that is not less than the text.</summary>
    public int LowerBound(ReadOnlySpan<byte> text)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (this[middle].SequenceCompareTo(text) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
