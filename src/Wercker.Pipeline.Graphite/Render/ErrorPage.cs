using System.Net;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Graphite.Render;

/// <summary>Finds in an error page of graphite-web the words that matter.</summary>
internal static partial class ErrorPage
{
    /// <summary>The sentence of a refusal; of a traceback, its last line.</summary>
    public static string ReasonOf(string page)
    {
        var lines = WebUtility.HtmlDecode(Markup().Replace(page, "\n")).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return lines.LastOrDefault(line => PythonException().IsMatch(line)) ?? string.Join(' ', lines);
    }

    [GeneratedRegex(@"<(script|style|head)\b[\s\S]*?</\1>|<[^<>]*>", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Markup();

    [GeneratedRegex(@"^(?:\w+\.)*\w*(?:Error|Exception|Invalid|Warning|Exit)\b: ", RegexOptions.None, 1000)]
    private static partial Regex PythonException();
}
