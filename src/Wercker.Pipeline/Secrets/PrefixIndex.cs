using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Secrets;

/// <summary>Says whether the end of a text may still grow into a pattern.</summary>
internal sealed class PrefixIndex
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;
    private readonly PatternTable _patterns;
    private readonly bool[] _known = new bool[256];
    private readonly bool[] _first = new bool[256];
    private readonly uint[] _pairs = new uint[65536 / 32];

    // The hashed beginnings of four and of eight bytes: nearly every place where nothing begins is told by them.
    private readonly uint[] _beginnings;
    private readonly int _shift;

    public PrefixIndex(PatternTable patterns)
    {
        _patterns = patterns;
        var bits = Math.Clamp(32 - BitOperations.LeadingZeroCount((uint)patterns.Count * 16), 10, 20);
        _shift = 64 - bits;
        _beginnings = new uint[1 << (bits - 5)];
        for (var i = 0; i < patterns.Count; i++)
        {
            var pattern = patterns[i];
            foreach (var value in pattern)
            {
                _known[value] = true;
            }

            _first[pattern[0]] = true;
            var pair = MemoryMarshal.Read<ushort>(pattern);
            _pairs[pair >> 5] |= 1u << (pair & 31);
            Set(MemoryMarshal.Read<uint>(pattern));
            if (pattern.Length >= 8)
            {
                Set(MemoryMarshal.Read<ulong>(pattern));
            }
        }
    }

    /// <inheritdoc cref="PatternMatcher.FindOpenTail" />
    public int FindOpenTail(ReadOnlySpan<byte> text, int from, bool tokens)
    {
        // Most blocks end with a byte that no pattern has, the end of the line.
        if (text.IsEmpty || !_known[text[^1]])
        {
            return text.Length;
        }

        ref var bytes = ref MemoryMarshal.GetReference(text);
        var start = Math.Max(from, text.Length - _patterns.Longest);
        for (; start <= text.Length - 8; start++)
        {
            // A pattern that this tail begins is longer than the tail, so it has eight bytes to compare.
            var beginning = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, start));
            if (Has(BitConverter.IsLittleEndian ? (uint)beginning : (uint)(beginning >> 32)) && Has(beginning) && IsOpen(text[start..], tokens))
            {
                return start;
            }
        }

        for (; start < text.Length; start++)
        {
            if (MayBegin(text[start..]) && IsOpen(text[start..], tokens))
            {
                return start;
            }
        }

        return text.Length;
    }

    private bool MayBegin(ReadOnlySpan<byte> tail) => tail.Length switch
    {
        1 => _first[tail[0]],
        2 or 3 => MemoryMarshal.Read<ushort>(tail) is var pair && ((_pairs[pair >> 5] >> (pair & 31)) & 1) != 0,
        _ => Has(MemoryMarshal.Read<uint>(tail)),
    };

    private void Set(ulong beginning)
    {
        var hash = beginning * Multiplier;
        _beginnings[hash >> (_shift + 5)] |= 1u << (int)(hash >> 32);
    }

    private bool Has(ulong beginning)
    {
        var hash = beginning * Multiplier;
        return ((_beginnings[hash >> (_shift + 5)] >> (int)(hash >> 32)) & 1) != 0;
    }

    private bool IsOpen(ReadOnlySpan<byte> tail, bool tokens)
    {
        for (var i = _patterns.LowerBound(tail); i < _patterns.Count && _patterns[i].StartsWith(tail); i++)
        {
            // Without tokens the whole tokens are passed over; they are few, so this ends soon.
            if (_patterns.IsWholeToken(i) ? tokens : _patterns[i].Length > tail.Length)
            {
                return true;
            }
        }

        return false;
    }
}
