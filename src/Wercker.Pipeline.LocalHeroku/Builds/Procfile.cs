using System.Text.RegularExpressions;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>Reads <c>TYPE: COMMAND</c> lines; blank lines, comments and lines of another form are passed over, as Heroku does.</summary>
internal static partial class Procfile
{
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        var types = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Match match in Entry().Matches(text.ReplaceLineEndings("\n")))
        {
            types[match.Groups["type"].Value] = match.Groups["command"].Value.Trim();
        }

        return types;
    }

    [GeneratedRegex(@"^(?<type>[A-Za-z0-9_-]+):[ \t]*(?<command>\S[^\n]*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}
