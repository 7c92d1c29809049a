using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>All that a secret may look like in the output of a program.</summary>
internal static class SecretRenderings
{
    // Two encodings on top of each other make some hundred renderings; of a whole file they would be megabytes.
    private const int LongestChained = 4096;

    /// <summary>The patterns that betray a secret.</summary>
    /// <param name="secret">The value, white space around it does not count.</param>
    /// <param name="maskability">What <see cref="OvermaskGuard.Judge"/> says about it.</param>
    public static IReadOnlyList<SecretPattern> Of(string secret, Maskability maskability)
    {
        var value = secret.Trim();
        if (maskability == Maskability.None)
        {
            return [];
        }

        var tokens = new HashSet<string>(StringComparer.Ordinal);
        var renderings = new HashSet<string>(StringComparer.Ordinal);
        (maskability == Maskability.Full ? renderings : tokens).Add(value);
        if (maskability == Maskability.Full)
        {
            AddAll(value, renderings);
        }
        else if (maskability == Maskability.PlainAsToken)
        {
            renderings.UnionWith(OpaqueEncodings.Of(value));
        }

        return
        [
            .. tokens.SelectMany(token => SecretPattern.Cut(Encoding.UTF8.GetBytes(token), wholeToken: true)),
            .. renderings.SelectMany(rendering => SecretPattern.Cut(Encoding.UTF8.GetBytes(rendering), wholeToken: false)),
        ];
    }

    private static void AddAll(string value, HashSet<string> renderings)
    {
        // A key kept in one line with \n for its line ends is printed with real ones by echo -e.
        var unix = value.Contains('\n', StringComparison.Ordinal)
            ? value.Replace("\r\n", "\n", StringComparison.Ordinal)
            : value.Replace("\\r\\n", "\n", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Trim();
        var wholes = unix.Contains('\n', StringComparison.Ordinal)
            ? new HashSet<string>(StringComparer.Ordinal) { value, unix, unix.Replace("\n", "\r\n", StringComparison.Ordinal) }
            : [value];
        foreach (var whole in wholes)
        {
            renderings.Add(whole);
            renderings.UnionWith(TextEscapes.All(whole));
            var once = Once(whole).ToHashSet(StringComparer.Ordinal);
            renderings.UnionWith(once);
            if (whole.Length <= LongestChained)
            {
                renderings.UnionWith(once.SelectMany(Once));

                // Real line ends are looked through wherever they stand; these have been encoded.
                renderings.UnionWith(OpaqueEncodings.Wrapped(whole).SelectMany(Once).Where(rendering => !rendering.Contains('\n', StringComparison.Ordinal)));
            }
        }

        if (wholes.Count == 1)
        {
            return;
        }

        foreach (var line in unix.Split('\n').Select(line => line.Trim()).Where(OvermaskGuard.IsTellingLine))
        {
            renderings.Add(line);
            renderings.UnionWith(TextEscapes.All(line));
        }
    }

    private static IEnumerable<string> Once(string text) => [.. TextEscapes.Common(text), .. OpaqueEncodings.Of(text)];
}
