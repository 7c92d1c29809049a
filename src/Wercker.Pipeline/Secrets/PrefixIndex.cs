using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Secrets;

/// <summary>Says whether a text may still grow into a pattern.</summary>
internal sealed class PrefixIndex
{
    private const uint Multiplier = 0x9E3779B1;
    private readonly PatternTable _patterns;
    private readonly bool[] _known = new bool[256];
    private readonly uint[] _pairs = new uint[65536 / 32];
    private readonly uint[] _quads;
    private readonly int _shift;

    public PrefixIndex(PatternTable patterns)
    {
        _patterns = patterns;
        var bits = Math.Clamp(32 - System.Numerics.BitOperations.LeadingZeroCount((uint)patterns.Count * 16), 10, 20);
        _shift = 32 - bits;
        _quads = new uint[1 << (bits - 5)];
        for (var i = 0; i < patterns.Count; i++)
        {
            var pattern = patterns[i];
            foreach (var value in pattern)
            {
                _known[value] = true;
            }

            var pair = MemoryMarshal.Read<ushort>(pattern);
            _pairs[pair >> 5] |= 1u << (pair & 31);
            var quad = (MemoryMarshal.Read<uint>(pattern) * Multiplier) >> _shift;
            _quads[quad >> 5] |= 1u << (int)(quad & 31);
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

        for (var start = Math.Max(from, text.Length - _patterns.Longest); start < text.Length; start++)
        {
            if (IsOpen(text[start..], tokens))
            {
                return start;
            }
        }

        return text.Length;
    }

    private bool IsOpen(ReadOnlySpan<byte> tail, bool tokens)
    {
        if (tail.Length >= 4)
        {
            var quad = (MemoryMarshal.Read<uint>(tail) * Multiplier) >> _shift;
            if (((_quads[quad >> 5] >> (int)(quad & 31)) & 1) == 0)
            {
                return false;
            }
        }
        else if (tail.Length >= 2)
        {
            var pair = MemoryMarshal.Read<ushort>(tail);
            if (((_pairs[pair >> 5] >> (pair & 31)) & 1) == 0)
            {
                return false;
            }
        }

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
