using System.Text.RegularExpressions;

namespace Wercker.Pipeline.HouseRules.Tests.Repository;

/// <summary>A C# file, by its path in the repository.</summary>
internal sealed partial record SourceFile(string Path, string Text)
{
    private string? _code;

    /// <summary>The text without comments, strings and characters, so that words in prose are not taken for code.</summary>
    public string Code => _code ??= CommentOrText().Replace(Text, match => " " + new string('\n', match.Value.Count(c => c == '\n')));

    /// <summary>How many lines an editor shows.</summary>
    public int LineCount => Text.Length == 0 ? 0 : Text.Count(c => c == '\n') + (Text.EndsWith('\n') ? 0 : 1);

    public string? Namespace => NamespaceLine().Match(Code) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>Names of the types that the file declares, nested ones included.</summary>
    public IEnumerable<string> DeclaredTypes => Declaration().Matches(Code).Select(match => match.Groups["name"].Value);

    // In order: raw strings, verbatim strings, strings, characters, comments of both kinds. The first that fits, wins.
    [GeneratedRegex("""
        \$*(?<quotes>"{3,})[\s\S]*?\k<quotes>"*|[@$]*@[@$]*"(?:[^"]|"")*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\'|\\[^'\n]{1,8}|[^'\\\n])'|//[^\n]*|/\*[\s\S]*?\*/
        """)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(?:class|interface|enum|struct|record(?:\s+(?:class|struct))?)\s+(?<name>\w+)|\bdelegate\s+[\w.<>?,\[\]\s]+?\s(?<name>\w+)\s*[<(]")]
    private static partial Regex Declaration();
}
