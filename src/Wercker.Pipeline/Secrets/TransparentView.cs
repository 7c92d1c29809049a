using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wercker.Pipeline.Secrets;

/// <summary>
/// Looks at a block as a reader sees it: without the escape sequences of a terminal, and with the lines of a wrapped base64 or hexadecimal text
/// joined. Only the surroundings of such gaps are looked at; all the rest is the same as the raw block.
/// </summary>
internal sealed class TransparentView
{
    /// <summary>How many bytes before a block must be known to tell whether a line end in it only wraps a long text.</summary>
    public const int Lookbehind = Wrapped + 1;

    /// <summary>No more bytes than this are ever held back: a secret spread over more, by escape sequences inside it, is not seen.</summary>
    public const int MaxSpan = 16384;

    // Programs wrap at 60 columns and more; other lines that end in a word of this length are rare.
    private const int Wrapped = 48;
    private const int Capacity = 4096;
    private static readonly bool[] Encoded = [.. Enumerable.Range(0, 256).Select(value => char.IsAsciiLetterOrDigit((char)value) || "+/-_".Contains((char)value, StringComparison.Ordinal))];
    private byte[] _text = [];
    private int[] _origin = [];
    private int _count;

    /// <summary>Whether there was any part of an escape sequence in the last block.</summary>
    public bool SawEscape { get; private set; }

    /// <summary>Adds the occurrences that have a gap inside.</summary>
    /// <param name="matcher">What to find.</param>
    /// <param name="block">The raw bytes.</param>
    /// <param name="before">The last <see cref="Lookbehind"/> bytes before the block, fewer at the start of the stream.</param>
    /// <param name="sequence">Where in an escape sequence the block begins.</param>
    /// <param name="matches">Takes start and end of each, in raw bytes.</param>
    /// <returns>Where the first tail begins that may still become an occurrence; the block's length when there is none.</returns>
    public int Scan(PatternMatcher matcher, ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, EscapeSequence sequence, IntervalList matches)
    {
        var reach = matcher.Longest - 1;
        _count = 0;
        SawEscape = !sequence.IsText;
        var isOpen = SawEscape;
        var at = isOpen ? sequence.Skip(block, 0) : 0;
        var (copied, gapEnd, rest) = (at, at, reach);
        while (true)
        {
            var gap = FindGap(block, before, at);
            if (isOpen)
            {
                var taken = Math.Min(gap - copied, rest);
                Append(block, copied, taken, matcher, matches);
                copied += taken;
                rest -= taken;
                if (gap > copied)
                {
                    Match(matcher, matches);
                    isOpen = false;
                }
            }

            if (gap == block.Length)
            {
                break;
            }

            if (!isOpen)
            {
                isOpen = true;
                _count = 0;
                var from = Math.Max(gapEnd, gap - reach);
                Append(block, from, gap - from, matcher, matches);
            }

            var isEscape = block[gap] == EscapeSequence.Escape;
            SawEscape |= isEscape;
            at = isEscape ? default(EscapeSequence).Skip(block, gap) : gap + 1;
            (copied, gapEnd, rest) = (at, at, reach);
        }

        if (!isOpen)
        {
            return block.Length;
        }

        Match(matcher, matches);
        return OpenTail(matcher, block.Length);
    }

    private static int FindGap(ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, int at)
    {
        // Control characters are all that is below a space; lines are short, so stopping at each by a search of its own would cost too much.
        while (at < block.Length && block.Length >= Vector256<byte>.Count)
        {
            // The last vector overlaps the one before it, whose bytes are shifted out.
            var start = Math.Min(at, block.Length - Vector256<byte>.Count);
            var control = Vector256.LessThan(Vector256.Create(block[start..]), Vector256.Create((byte)' ')).ExtractMostSignificantBits() >> (at - start);
            for (; control != 0; control &= control - 1)
            {
                var gap = at + BitOperations.TrailingZeroCount(control);
                if (IsGap(block, before, gap))
                {
                    return gap;
                }
            }

            at = start + Vector256<byte>.Count;
        }

        while (at < block.Length && !IsGap(block, before, at))
        {
            at++;
        }

        return at;
    }

    private static bool IsGap(ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, int at) =>
        block[at] == EscapeSequence.Escape || (block[at] is (byte)'\n' or (byte)'\r' && IsWrap(block, before, at));

    /// <summary>Whether a line end only wraps: the line ends with a long run of the characters of base64.</summary>
    private static bool IsWrap(ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, int at)
    {
        var last = at - 1;
        if (block[at] == '\n' && ByteAt(block, before, last) == '\r')
        {
            last--;
        }

        for (var i = last; i > last - Wrapped; i--)
        {
            if (ByteAt(block, before, i) is not (>= 0 and var value) || !Encoded[value])
            {
                return false;
            }
        }

        return true;
    }

    private static int ByteAt(ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, int index) =>
        index >= 0 ? block[index] : before.Length + index >= 0 ? before[before.Length + index] : -1;

    private void Append(ReadOnlySpan<byte> block, int start, int length, PatternMatcher matcher, IntervalList matches)
    {
        if (_text.Length == 0)
        {
            (_text, _origin) = (new byte[Capacity], new int[Capacity]);
        }

        if (_count + length > Capacity)
        {
            // Full: what can still be the beginning of an occurrence moves to the front.
            Match(matcher, matches);
            var kept = Math.Min(_count, matcher.Longest - 1);
            _text.AsSpan(_count - kept, kept).CopyTo(_text);
            _origin.AsSpan(_count - kept, kept).CopyTo(_origin);
            _count = kept;
        }

        block.Slice(start, length).CopyTo(_text.AsSpan(_count));
        var origin = _origin.AsSpan(_count, length);
        var i = 0;
        for (; i <= length - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            (Vector256.Create(start + i) + Vector256<int>.Indices).CopyTo(origin[i..]);
        }

        for (; i < length; i++)
        {
            origin[i] = start + i;
        }

        _count += length;
    }

    private void Match(PatternMatcher matcher, IntervalList matches)
    {
        var known = matches.Count;
        matcher.Find(_text.AsSpan(0, _count), null, false, matches);
        var kept = known;
        for (var i = known; i < matches.Count; i++)
        {
            var (start, end) = (_origin[matches[i].Start], _origin[matches[i].End - 1] + 1);
            if (end - start <= MaxSpan)
            {
                matches[kept++] = (start, end);
            }
        }

        matches.Truncate(kept);
    }

    private int OpenTail(PatternMatcher matcher, int length)
    {
        var from = 0;
        while (from < _count && length - _origin[from] >= MaxSpan)
        {
            from++;
        }

        var tail = matcher.FindOpenTail(_text.AsSpan(0, _count), from, tokens: false);
        return tail < _count ? _origin[tail] : length;
    }
}
