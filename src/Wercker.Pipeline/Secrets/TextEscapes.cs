using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Secrets;

/// <summary>The ways in which programs write a text inside another text: URLs, JSON, XML, shell commands.</summary>
/// <remarks>All of them work character by character, so the escape of a part is a part of the escape.</remarks>
internal static class TextEscapes
{
    /// <summary>One spelling of each kind: those that are tried again on the result of another encoding.</summary>
    public static IEnumerable<string> Common(string text)
    {
        if (text.All(char.IsAsciiLetterOrDigit))
        {
            return [];
        }

        return
        [
            Percent(text, "-._~", upper: true), Percent(text, "-._~", upper: false),
            Percent(text, "-._~", upper: true, plus: true), Percent(text, "-._~", upper: false, plus: true),
            Json(text), Json(text, escaped: SystemTextJson, ascii: true), Xml(text, "&quot;", "&apos;"),
            text.Replace("'", "'\\''", StringComparison.Ordinal), text.Replace("'", "''", StringComparison.Ordinal),
        ];
    }

    /// <summary>Every spelling known, of every kind.</summary>
    public static IEnumerable<string> All(string text)
    {
        if (text.All(char.IsAsciiLetterOrDigit))
        {
            return [];
        }

        return
        [
            .. Common(text), .. Uris(text, upper: true), .. Uris(text, upper: false), .. JsonDialects(text), .. XmlDialects(text), .. ShellQuotes(text),
        ];
    }

    // What stays unescaped differs: RFC 3986, encodeURIComponent, Python's quote, HTML forms, WebUtility.
    private static IEnumerable<string> Uris(string text, bool upper) =>
    [
        Percent(text, "-._~!'()*", upper), Percent(text, "-._~/", upper), Percent(text, "-._~!$&'()*+,;=", upper),
        Percent(text, "*-._", upper, plus: true), Percent(text, "!()*-._", upper, plus: true), Percent(text, "-._", upper, plus: true),
    ];

    private const string SystemTextJson = "\"&'+<>`";

    private static IEnumerable<string> JsonDialects(string text) =>
    [
        Json(text, slash: true), Json(text, escaped: SystemTextJson, ascii: true, upper: false), Json(text, escaped: "<>&", upper: false),
        Json(text, ascii: true, upper: false), Json(text, ascii: true, upper: false, slash: true), Json(text, escaped: SystemTextJson),
        Json(text, escaped: "\"&'<>", slash: true), Json(text, escaped: "\""), Json(text, ascii: true),
    ];

    private static IEnumerable<string> XmlDialects(string text) =>
    [
        Xml(text, "&quot;", "&#39;"), Xml(text, "\"", "'"), Xml(text, "&quot;", "'"), Xml(text, "&quot;", "&#x27;"), Xml(text, "&#34;", "&#39;"),
    ];

    private static IEnumerable<string> ShellQuotes(string text) =>
    [
        text.Replace("'", "'\"'\"'", StringComparison.Ordinal),
        Backslash(text, c => " '\"\\|&;()<>!{}*[]?^$`,".Contains(c, StringComparison.Ordinal)),
        Backslash(text, c => " '\"\\|&;()<>!{}*[]?^$`".Contains(c, StringComparison.Ordinal)),
        Backslash(text, c => " '\"\\|&;()<>!{}*[]?^$`,~#".Contains(c, StringComparison.Ordinal)),
        Backslash(text, c => c < 0x80 && !char.IsAsciiLetterOrDigit(c) && !"_-.,:+/@\n".Contains(c, StringComparison.Ordinal)),
        Backslash(text, c => c < 0x80 && !char.IsAsciiLetterOrDigit(c) && c != '_'),
        Backslash(text, c => "\"\\$`".Contains(c, StringComparison.Ordinal)),
        AnsiC(text), Backtick(text), text.Replace("\"", "\"\"", StringComparison.Ordinal),
    ];

    private static string Percent(string text, string kept, bool upper, bool plus = false)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)value;
            if (char.IsAsciiLetterOrDigit(c) || kept.Contains(c, StringComparison.Ordinal))
            {
                result.Append(c);
            }
            else if (plus && c == ' ')
            {
                result.Append('+');
            }
            else
            {
                result.Append('%').Append(value.ToString(upper ? "X2" : "x2", CultureInfo.InvariantCulture));
            }
        }

        return result.ToString();
    }

    private static string Json(string text, string escaped = "", bool ascii = false, bool upper = true, bool slash = false) => Each(text, c => c switch
    {
        _ when escaped.Contains(c, StringComparison.Ordinal) || (ascii && c >= 0x7F) => Unicode(c, upper),
        '"' => "\\\"",
        '\\' => "\\\\",
        '/' when slash => "\\/",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => Unicode(c, upper),
        _ => null,
    });

    private static string Unicode(char c, bool upper) => "\\u" + ((int)c).ToString(upper ? "X4" : "x4", CultureInfo.InvariantCulture);

    private static string Xml(string text, string quote, string apostrophe) => Each(text, c => c switch
    {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => quote,
        '\'' => apostrophe,
        _ => null,
    });

    private static string Backslash(string text, Func<char, bool> special) => Each(text, c => special(c) ? "\\" + c : null);

    /// <summary>$'...' of bash, which its trace and printf %q use as soon as there is a control character.</summary>
    private static string AnsiC(string text) => Each(text, c => c switch
    {
        '\'' => "\\'",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => null,
    });

    private static string Backtick(string text) => Each(text, c => "`$\"".Contains(c, StringComparison.Ordinal) ? "`" + c : null);

    private static string Each(string text, Func<char, string?> escape)
    {
        var result = new StringBuilder(text.Length * 2);
        foreach (var c in text)
        {
            if (escape(c) is { } escaped)
            {
                result.Append(escaped);
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }
}
