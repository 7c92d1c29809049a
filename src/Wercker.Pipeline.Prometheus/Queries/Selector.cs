using System.Text.RegularExpressions;

namespace Wercker.Pipeline.Prometheus.Queries;

/// <summary>Tells series that are only selected from expressions that are computed.</summary>
internal static partial class Selector
{
    public static bool IsAlone(string expression) => Pattern().IsMatch(expression);

    // A metric's name, labels in braces, or both; in the texts of labels anything may stand. "inf" and "nan" are numbers.
    [GeneratedRegex("""
        ^\s*(?=\S)(?!(?:inf|nan)\s*$)(?:[a-zA-Z_:][a-zA-Z0-9_:]*\s*)?(?:\{(?:[^{}"'`]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)*\})?\s*$
        """, RegexOptions.IgnoreCase | RegexOptions.IgnorePatternWhitespace | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pattern();
}
