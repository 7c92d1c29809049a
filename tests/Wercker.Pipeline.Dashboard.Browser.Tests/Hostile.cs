namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Texts that would do something if a page let them.</summary>
internal static class Hostile
{
    public const string Markup = "<img src=x onerror=\"window.hacked='img'\"><svg onload=\"window.hacked='svg'\">";

    /// <summary>Also in an address.</summary>
    public const string TargetName = "\"><img src=x onerror=window.hacked='target'>";

    public static readonly IReadOnlyList<string> Corpus =
    [
        "<script>window.hacked='script'</script>",
        Markup,
        "\"'><script>window.hacked='quote'</script>",
        "</pre></li></ol></main><script>window.hacked='closed'</script>",
        "</title></style></textarea><script>window.hacked='raw'</script>",
        "<iframe srcdoc=\"<script>parent.hacked='frame'</script>\"></iframe>",
        "<a href=\"javascript:window.hacked='link'\">javascript:window.hacked='link'</a>",
        "<base href=\"https://evil.example/\"><meta http-equiv=\"refresh\" content=\"0;url=https://evil.example/\">",
        "<form action=\"https://evil.example/\"><button autofocus onfocus=\"window.hacked='focus'\">Approve</button></form>",
        "<style>*{display:none}</style><link rel=stylesheet href=https://evil.example/a.css>",
        "<details open ontoggle=\"window.hacked='toggle'\"><summary>x</summary></details>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.hacked='mutation'&gt;\">",
        "&lt;script&gt;window.hacked='decoded'&lt;/script&gt; &#60;img src=x onerror=window.hacked='entity'&#62;",
        "{{constructor.constructor('window.hacked=1')()}} ${window.hacked='template'} @(1+1)",
        "\u001b]0;title\u0007\u001b[31mred\u001b[0m\u001b]8;;javascript:window.hacked='osc'\u0007link\u001b]8;;\u0007\u009b2J\u0000\b",
        "\u202egnp.exe\u2066 turned round \u2069\u200f",
        "<!-- <![CDATA[ ]]> --!> <%= 1 %>",
        new('<', 300),
    ];
}
