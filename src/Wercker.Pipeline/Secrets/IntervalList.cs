namespace Wercker.Pipeline.Secrets;

/// <summary>Stretches of a block, to be masked. Used again and again, so that masking does not allocate.</summary>
internal sealed class IntervalList
{
    private ulong[] _items = new ulong[16];

    public int Count { get; private set; }

    public (int Start, int End) this[int index]
    {
        get => ((int)(_items[index] >> 32), (int)(uint)_items[index]);
        set => _items[index] = ((ulong)(uint)value.Start << 32) | (uint)value.End;
    }

    public void Add(int start, int end)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        Count++;
        this[Count - 1] = (start, end);
    }

    /// <summary>Forgets all but the first so many.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Puts them in the order of their starts.</summary>
    public void Sort()
    {
        if (Count > 1)
        {
            _items.AsSpan(0, Count).Sort();
        }
    }
}
