using System.Text;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Secrets;

/// <summary>The masker as one would explain it: every pattern is searched at every byte, of the raw text and of what a reader sees.</summary>
internal static class SlowMasker
{
    public static byte[] Mask(IReadOnlyList<SecretPattern> patterns, byte[] text)
    {
        var hidden = new bool[text.Length];
        Search(patterns, text, [.. Enumerable.Range(0, text.Length)], hidden, tokens: true);
        var visible = Visible(text);
        Search([.. patterns.Where(p => !p.WholeToken)], [.. visible.Select(i => text[i])], visible, hidden, tokens: false);
        using var result = new MemoryStream();
        for (var i = 0; i < text.Length; i++)
        {
            if (!hidden[i])
            {
                result.WriteByte(text[i]);
            }
            else if (i == 0 || !hidden[i - 1])
            {
                result.Write("***"u8);
            }
        }

        return result.ToArray();
    }

    public static IReadOnlyList<SecretPattern> Patterns(params string[] secrets) =>
        [.. secrets.SelectMany(s => SecretRenderings.Of(s, OvermaskGuard.Judge(s.Trim())))];

    private static void Search(IReadOnlyList<SecretPattern> patterns, byte[] text, int[] origin, bool[] hidden, bool tokens)
    {
        foreach (var pattern in patterns)
        {
            for (var at = 0; at + pattern.Bytes.Length <= text.Length; at++)
            {
                var end = at + pattern.Bytes.Length;
                if (text.AsSpan(at, pattern.Bytes.Length).SequenceEqual(pattern.Bytes) && (!pattern.WholeToken || IsToken(text, at, end))
                    && origin[end - 1] + 1 - origin[at] <= (tokens ? int.MaxValue : TransparentView.MaxSpan))
                {
                    Array.Fill(hidden, true, origin[at], origin[end - 1] + 1 - origin[at]);
                }
            }
        }
    }

    private static bool IsToken(byte[] text, int start, int end) =>
        !(start > 0 && SecretPattern.IsWord(text[start - 1]) && SecretPattern.IsWord(text[start]))
        && !(end < text.Length && SecretPattern.IsWord(text[end]) && SecretPattern.IsWord(text[end - 1]));

    private static int[] Visible(byte[] text)
    {
        var visible = new List<int>();
        var bytes = Encoding.Latin1.GetString(text);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\x1b')
            {
                i = default(EscapeSequence).Skip(text, i) - 1;
            }
            else if (bytes[i] is not ('\r' or '\n') || !EndsLongRun(bytes[..i], bytes[i]))
            {
                visible.Add(i);
            }
        }

        return [.. visible];
    }

    private static bool EndsLongRun(string before, char lineEnd)
    {
        before = lineEnd == '\n' && before.EndsWith('\r') ? before[..^1] : before;
        return before.Length >= 48 && before[^48..].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '-' or '_');
    }
}
