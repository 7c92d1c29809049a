using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>A block of C# code on a page, and the comment before it that says which region of which file it shows.</summary>
internal sealed partial record CodeBlock(string Page, int Line, string? File, string? Region, string Code)
{
    public static IEnumerable<CodeBlock> In(string page, string markdown)
    {
        string? source = null;
        List<string>? code = null;
        var lines = markdown.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (code is null && OpeningPattern().IsMatch(lines[i]))
            {
                code = [];
            }
            else if (code is not null && lines[i].Trim() == "```")
            {
                var match = source is null ? null : SourcePattern().Match(source);
                yield return new CodeBlock(page, i - code.Count, match?.Groups["file"].Value, match?.Groups["region"].Value, string.Join('\n', code));
                code = null;
                source = null;
            }
            else if (code is not null)
            {
                code.Add(lines[i]);
            }
            else
            {
                source = SourcePattern().IsMatch(lines[i]) ? lines[i] : null;
            }
        }

        if (code is not null)
        {
            yield return new CodeBlock(page, lines.Length - code.Count, null, null, string.Join('\n', code));
        }
    }

    /// <summary>The lines between "// &lt;name>" and "// &lt;/name>", moved to the left margin; null when there is no such region.</summary>
    public static string? FindRegion(string code, string name)
    {
        var lines = code.Split('\n');
        var start = Array.FindIndex(lines, line => line.Trim() == $"// <{name}>");
        var end = Array.FindIndex(lines, line => line.Trim() == $"// </{name}>");
        if (start < 0 || end < start)
        {
            return null;
        }

        var body = lines[(start + 1)..end];
        var margin = body.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', body.Select(line => line.Length > 0 ? line[margin..] : line)).Trim('\n');
    }

    [GeneratedRegex(@"^<!-- code: (?<file>\S+)#(?<region>\S+) -->$")]
    private static partial Regex SourcePattern();

    [GeneratedRegex(@"^\s*(```|~~~)\s*(csharp|cs|c#)\b", RegexOptions.IgnoreCase)]
    private static partial Regex OpeningPattern();
}
