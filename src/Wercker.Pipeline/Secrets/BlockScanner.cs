namespace Wercker.Pipeline.Secrets;

/// <summary>Finds what must be masked in one block of a stream; its lists are used again for the next block.</summary>
internal sealed class BlockScanner
{
    private readonly TransparentView _view = new();

    /// <summary>What was found, in the order of the starts; it may overlap.</summary>
    public IntervalList Matches { get; } = new();

    /// <summary>Whether there may have been any part of an escape sequence in the last block.</summary>
    public bool SawEscape { get; private set; }

    /// <summary>Scans a block.</summary>
    /// <param name="matcher">What to find.</param>
    /// <param name="block">The bytes.</param>
    /// <param name="before">The bytes before the block.</param>
    /// <param name="sequence">Where in an escape sequence the block begins.</param>
    /// <param name="final">Whether the stream ends with this block.</param>
    /// <returns>How many bytes are decided; those after them may be the beginning of a secret.</returns>
    public int Scan(PatternMatcher matcher, ReadOnlySpan<byte> block, ReadOnlySpan<byte> before, EscapeSequence sequence, bool final)
    {
        Matches.Truncate(0);
        if (matcher.IsEmpty)
        {
            SawEscape = true;
            return block.Length;
        }

        matcher.Find(block, before.IsEmpty ? -1 : before[^1], final, Matches);
        var open = _view.Scan(matcher, block, before, sequence, Matches);
        SawEscape = _view.SawEscape;
        Matches.Sort();
        return final ? block.Length : Math.Min(open, matcher.FindOpenTail(block, 0, tokens: true));
    }
}
