using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Secrets;

/// <summary>Finds all patterns in a block of bytes. Immutable once built, so any number of streams use it at once without a lock.</summary>
/// <remarks>
/// Of every pattern, <c>stride</c> neighbouring groups of four bytes are known to the filter, a bit map. Reading only every stride-th group of
/// the block then meets each occurrence exactly once, wherever it begins. What passes the filter is compared in full.
/// </remarks>
internal sealed class PatternMatcher
{
    private const int Gram = SecretPattern.MinLength;
    private const int MostStride = 16;

    // With many patterns the tables outgrow the cache; then fewer groups of each, read more often, are faster.
    private const int ManyPatterns = 20_000;
    private const int MostStrideOfMany = 8;
    private const int MostFilterBits = 23;
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private readonly PatternTable _patterns;
    private readonly PrefixIndex _prefixes;
    private readonly uint[] _filter;
    private readonly int _filterShift;
    private readonly int[] _buckets;
    private readonly int _bucketShift;
    private readonly Entry[] _entries;
    private readonly int _stride;

    public PatternMatcher(IEnumerable<SecretPattern> patterns)
    {
        _patterns = new PatternTable(patterns);
        _prefixes = new PrefixIndex(_patterns);
        _stride = Math.Clamp(_patterns.Shortest - Gram + 1, 1, _patterns.Count < ManyPatterns ? MostStride : MostStrideOfMany);
        var count = _patterns.Count * _stride;

        // Two bits in a word of the map for each group, and eight to sixteen times as many bits as groups, keep false alarms at a few of a hundred.
        // A map of more than a megabyte would leave the cache.
        var filterBits = Math.Clamp(32 - BitOperations.LeadingZeroCount((uint)count * 8), 13, MostFilterBits);
        var bucketBits = Math.Clamp(filterBits - 3, 8, 20);
        _filter = new uint[1 << (filterBits - 5)];
        _filterShift = 64 - filterBits + 5;
        _bucketShift = 64 - bucketBits;
        _buckets = new int[(1 << bucketBits) + 1];
        _entries = new Entry[count];
        Fill();
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _patterns.Count == 0;

    /// <summary>The length of the longest pattern.</summary>
    public int Longest => _patterns.Longest;

    /// <summary>Adds every occurrence in the block.</summary>
    /// <param name="block">The bytes.</param>
    /// <param name="before">The byte before the block, or -1; null when patterns that must be whole tokens are not looked for.</param>
    /// <param name="final">Whether nothing follows the block: a whole token may end with it.</param>
    /// <param name="matches">Takes start and end of each.</param>
    public void Find(ReadOnlySpan<byte> block, int? before, bool final, IntervalList matches)
    {
        ref var text = ref MemoryMarshal.GetReference(block);
        ref var filter = ref MemoryMarshal.GetArrayDataReference(_filter);
        nint stride = _stride;
        var shift = _filterShift;
        nint last = block.Length - Gram;
        nint at = 0;
        for (; at + (3 * stride) <= last; at += 4 * stride)
        {
            var a = Hash(ref text, at);
            var b = Hash(ref text, at + stride);
            var c = Hash(ref text, at + (2 * stride));
            var d = Hash(ref text, at + (3 * stride));
            if (((Bits(ref filter, a, shift) | Bits(ref filter, b, shift) | Bits(ref filter, c, shift) | Bits(ref filter, d, shift)) & 1) == 0)
            {
                continue;
            }

            for (nint i = 0; i < 4; i++)
            {
                Check(block, (int)(at + (i * stride)), before, final, matches);
            }
        }

        for (; at <= last; at += stride)
        {
            Check(block, (int)at, before, final, matches);
        }
    }

    /// <summary>Where the first tail of the text begins that more bytes could turn into a pattern; the length of the text if there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin to look.</param>
    /// <param name="tokens">Whether patterns that must be whole tokens count: they are undecided even when complete.</param>
    public int FindOpenTail(ReadOnlySpan<byte> text, int from, bool tokens) => _prefixes.FindOpenTail(text, from, tokens);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Hash(ref byte text, nint at) => Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref text, at)) * Multiplier;

    /// <summary>The lowest bit says whether both bits of a group are set: the word is chosen by the top of the hash, the bits by its middle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bits(ref uint filter, ulong hash, int shift)
    {
        var word = Unsafe.Add(ref filter, (nint)(hash >> shift));
        return (word >> (int)(hash >> 27)) & (word >> (int)(hash >> 32));
    }

    private void Check(ReadOnlySpan<byte> block, int at, int? before, bool final, IntervalList matches)
    {
        var gram = MemoryMarshal.Read<uint>(block[at..]);
        var hash = gram * Multiplier;
        if ((Bits(ref _filter[0], hash, _filterShift) & 1) == 0)
        {
            return;
        }

        var bucket = hash >> _bucketShift;
        foreach (ref readonly var entry in _entries.AsSpan(_buckets[bucket].._buckets[bucket + 1]))
        {
            var start = at - entry.Offset;
            if (entry.Gram != gram || start < 0)
            {
                continue;
            }

            var pattern = _patterns[entry.Pattern];
            if (block[start..].StartsWith(pattern) && (!_patterns.IsWholeToken(entry.Pattern) || IsToken(block, start, start + pattern.Length, before, final)))
            {
                matches.Add(start, start + pattern.Length);
            }
        }
    }

    private static bool IsToken(ReadOnlySpan<byte> block, int start, int end, int? before, bool final)
    {
        if (before is not { } previous || (end == block.Length && !final))
        {
            return false;
        }

        previous = start > 0 ? block[start - 1] : previous;
        var touchesBefore = previous >= 0 && SecretPattern.IsWord(previous) && SecretPattern.IsWord(block[start]);
        var touchesAfter = end < block.Length && SecretPattern.IsWord(block[end]) && SecretPattern.IsWord(block[end - 1]);
        return !touchesBefore && !touchesAfter;
    }

    private void Fill()
    {
        var windows = new int[_patterns.Count];
        for (var i = 0; i < windows.Length; i++)
        {
            windows[i] = RarestWindow(_patterns[i], _stride);
            for (var offset = windows[i]; offset < windows[i] + _stride; offset++)
            {
                var hash = MemoryMarshal.Read<uint>(_patterns[i][offset..]) * Multiplier;
                _filter[hash >> _filterShift] |= (1u << (int)(hash >> 27)) | (1u << (int)(hash >> 32));
                _buckets[(hash >> _bucketShift) + 1]++;
            }
        }

        for (var i = 1; i < _buckets.Length; i++)
        {
            _buckets[i] += _buckets[i - 1];
        }

        var next = _buckets.AsSpan(0, _buckets.Length - 1).ToArray();
        for (var i = 0; i < windows.Length; i++)
        {
            for (var offset = windows[i]; offset < windows[i] + _stride; offset++)
            {
                var gram = MemoryMarshal.Read<uint>(_patterns[i][offset..]);
                _entries[next[(gram * Multiplier) >> _bucketShift]++] = new Entry(gram, i, offset);
            }
        }
    }

    /// <summary>Where the groups begin that ordinary text is least likely to hold: a "postgres://" would raise an alarm on every line.</summary>
    private static int RarestWindow(ReadOnlySpan<byte> pattern, int stride)
    {
        var length = stride + Gram - 1;
        var sum = 0;
        var (best, least) = (0, int.MaxValue);
        for (var i = 0; i < pattern.Length; i++)
        {
            sum += Commonness(pattern[i]) - (i >= length ? Commonness(pattern[i - length]) : 0);
            if (i >= length - 1 && sum < least)
            {
                (best, least) = (i - length + 1, sum);
            }
        }

        return best;
    }

    private static int Commonness(byte value) => (char)value switch
    {
        >= 'a' and <= 'z' => 4,
        ' ' or '-' or '.' or '/' or ':' or '=' or '"' or '_' or ',' => 4,
        >= '0' and <= '9' => 3,
        _ => 1,
    };

    private readonly record struct Entry(uint Gram, int Pattern, int Offset);
}
