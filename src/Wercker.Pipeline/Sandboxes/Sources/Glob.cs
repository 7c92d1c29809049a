namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Matches a path, as bytes, against a pattern of git's dialect: * ? [...] stop at '/', and a ** that fills a whole path component does not.</summary>
internal static class Glob
{
    /// <summary>Tells whether the whole text matches the whole pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="text">The path.</param>
    public static bool IsMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> text)
    {
        // A literal beginning is compared first and cut off. What follows is then judged by itself, so in "a**/b" the stars do cross directories.
        var literal = pattern.IndexOfAny("*?[\\"u8);
        if (literal < 0)
        {
            return text.SequenceEqual(pattern);
        }

        return text.StartsWith(pattern[..literal]) && Matches(pattern[literal..], 0, text[literal..], 0, new HashSet<(int, int)>());
    }

    /// <summary>The index behind the closing bracket of a class; -1 when it is not closed.</summary>
    internal static int FindClassEnd(ReadOnlySpan<byte> pattern, int start)
    {
        var index = start + 1;
        if (index < pattern.Length && pattern[index] is (byte)'!' or (byte)'^')
        {
            index++;
        }

        for (var isFirst = true; index < pattern.Length; isFirst = false)
        {
            switch (pattern[index])
            {
                case (byte)']' when !isFirst:
                    return index + 1;
                case (byte)'\\':
                    index += 2;
                    break;
                case (byte)'[' when index + 1 < pattern.Length && pattern[index + 1] == ':' && pattern[(index + 2)..].IndexOf((byte)']') is var close and > 0 && pattern[index + 1 + close] == ':':
                    index += close + 3;
                    break;
                default:
                    index++;
                    break;
            }
        }

        return -1;
    }

    /// <summary>Matches from two places on; <c>failed</c> holds pairs of places that are known not to match, which keeps many stars from taking for ever.</summary>
    private static bool Matches(ReadOnlySpan<byte> pattern, int at, ReadOnlySpan<byte> text, int from, HashSet<(int, int)> failed)
    {
        while (at < pattern.Length)
        {
            var symbol = pattern[at];
            if (symbol == '*')
            {
                return MatchesStars(pattern, at, text, from, failed);
            }

            if (from == text.Length)
            {
                return false;
            }

            switch (symbol)
            {
                case (byte)'?':
                    if (text[from] == '/')
                    {
                        return false;
                    }

                    at++;
                    break;
                case (byte)'[':
                    var end = FindClassEnd(pattern, at);
                    if (end < 0 || text[from] == '/' || !GlobClass.Contains(pattern[(at + 1)..(end - 1)], text[from]))
                    {
                        return false;
                    }

                    at = end;
                    break;
                case (byte)'\\':
                    if (at + 1 == pattern.Length || pattern[at + 1] != text[from])
                    {
                        return false;
                    }

                    at += 2;
                    break;
                default:
                    if (symbol != text[from])
                    {
                        return false;
                    }

                    at++;
                    break;
            }

            from++;
        }

        return from == text.Length;
    }

    private static bool MatchesStars(ReadOnlySpan<byte> pattern, int at, ReadOnlySpan<byte> text, int from, HashSet<(int, int)> failed)
    {
        var after = at;
        while (after < pattern.Length && pattern[after] == '*')
        {
            after++;
        }

        var fillsComponent = after - at > 1
            && (at == 0 || pattern[at - 1] == '/')
            && (after == pattern.Length || pattern[after] == '/' || pattern[after..].StartsWith("\\/"u8));
        if (after == pattern.Length)
        {
            return fillsComponent || text[from..].IndexOf((byte)'/') < 0;
        }

        // "**/x" also matches x itself.
        if (fillsComponent && pattern[after] == '/' && Matches(pattern, after + 1, text, from, failed))
        {
            return true;
        }

        for (var next = from; next <= text.Length; next++)
        {
            // Whoever was here before has tried every place from here on.
            if (!failed.Add((after, next)))
            {
                return false;
            }

            if (Matches(pattern, after, text, next, failed))
            {
                return true;
            }

            if (next < text.Length && text[next] == '/' && !fillsComponent)
            {
                return false;
            }
        }

        return false;
    }
}
