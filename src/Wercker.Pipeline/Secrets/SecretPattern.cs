namespace Wercker.Pipeline.Secrets;

/// <summary>A run of bytes that betrays a secret: one of its renderings, or a piece of a long one.</summary>
/// <param name="Bytes">4 to <see cref="MaxLength"/> bytes.</param>
/// <param name="WholeToken">Whether it counts only where no letter or digit touches it.</param>
internal sealed record SecretPattern(byte[] Bytes, bool WholeToken)
{
    /// <summary>The filter of the matcher reads four bytes at a time, so nothing shorter can be found.</summary>
    public const int MinLength = 4;

    /// <summary>
    /// Longer renderings are cut in pieces of this length. So no more than 63 bytes are ever held back, however long a secret is,
    /// and a part of a long secret is masked too.
    /// </summary>
    public const int MaxLength = 64;

    /// <summary>Whether a byte is part of a word, for <see cref="WholeToken"/>; bytes of other alphabets are.</summary>
    public static bool IsWord(int value) => value >= 0x80 || value == '_' || char.IsAsciiLetterOrDigit((char)value);

    /// <summary>Cuts a rendering into patterns that cover it all; the last two pieces overlap rather than leave a short rest.</summary>
    public static IEnumerable<SecretPattern> Cut(byte[] rendering, bool wholeToken)
    {
        if (rendering.Length <= MaxLength)
        {
            yield return new SecretPattern(rendering, wholeToken);
            yield break;
        }

        var start = 0;
        while (true)
        {
            // A piece never ends inside a character, or the rest of the character would stay behind as broken text.
            var end = start + MaxLength;
            while (end < rendering.Length && IsContinuation(rendering[end]))
            {
                end--;
            }

            end = Math.Min(end, rendering.Length);
            var piece = rendering[start..end];

            // A rule of dashes or a run of zeros inside a long secret tells nothing, and would be masked everywhere.
            if (wholeToken || piece.Distinct().Take(3).Count() == 3)
            {
                yield return new SecretPattern(piece, false);
            }

            if (end == rendering.Length)
            {
                yield break;
            }

            start = Math.Min(end, rendering.Length - MaxLength);
            while (IsContinuation(rendering[start]))
            {
                start++;
            }
        }
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
