using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>The look of report.html, and its name in the page's security policy.</summary>
internal static class HtmlReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2430;--soft:#4c5868;--line:#d5dae1;--code:#f0f2f5;
        --good:#146c2e;--bad:#b3151f;--doubt:#8a4b00;--calm:#4c5868;--busy:#0b5cad;--link:#0b5cad;--magenta:#86198f;--cyan:#0b6470}
        @media (prefers-color-scheme:dark){:root{--page:#11161d;--card:#19212b;--ink:#e7ecf2;--soft:#a9b5c3;--line:#344050;--code:#10161d;
        --good:#5fd17f;--bad:#ff8a85;--doubt:#f0b45a;--calm:#a9b5c3;--busy:#79b8ff;--link:#79b8ff;--magenta:#e6a3f7;--cyan:#6ad4e0}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        header,main,footer{max-width:72rem;margin:0 auto;padding:1rem}
        h1{font-size:1.35rem;line-height:1.35;margin:.25rem 0 0;overflow-wrap:anywhere}
        h2{font-size:1.05rem;margin:0 0 .5rem}
        h3{font-size:1rem;margin:1rem 0 .25rem;overflow-wrap:anywhere}
        p,ul,dl{margin:0 0 .5rem}
        a{color:var(--link)}
        a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .badge{display:inline-block;margin:0;padding:.1rem .7rem;border:2px solid currentColor;border-radius:1rem;font-weight:700;background:var(--card)}
        .good{color:var(--good)}.bad{color:var(--bad)}.doubt{color:var(--doubt)}.calm{color:var(--calm)}.busy{color:var(--busy)}
        .verdict{white-space:nowrap;font-weight:600}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem;margin-bottom:1rem}
        section,.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin-bottom:1rem;overflow-wrap:anywhere}
        .cards section{margin:0}
        .alarm{border:3px solid var(--bad)}
        dl.facts{display:flex;flex-wrap:wrap;gap:.25rem 1.5rem;margin-top:.75rem;color:var(--soft)}
        dl.facts div{display:flex;gap:.4rem;min-width:0}
        dl.facts dd{margin:0;color:var(--ink);overflow-wrap:anywhere;min-width:0}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%}
        th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
        thead th{color:var(--soft);font-size:.875rem}
        tbody th{font-weight:600;overflow-wrap:anywhere;min-width:11rem}
        td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        td.message{min-width:14rem;overflow-wrap:anywhere}
        svg.bar{display:block;width:10rem;height:.8rem;margin-top:.35rem;background:var(--code)}
        svg.bar rect{fill:currentColor}
        pre{margin:.25rem 0 .75rem;padding:.75rem;background:var(--code);border:1px solid var(--line);border-radius:.35rem;
        font:.875rem/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:30rem;overflow:auto;unicode-bidi:isolate}
        pre .soft,.td{color:var(--soft)}.t1{color:var(--bad)}.t2{color:var(--good)}.t3{color:var(--doubt)}.t4{color:var(--busy)}.t5{color:var(--magenta)}.t6{color:var(--cyan)}
        .tb{font-weight:700}.ti{font-style:italic}.tu{text-decoration:underline}
        code{font:.875rem/1.45 ui-monospace,monospace;overflow-wrap:anywhere}
        figure{margin:.5rem 0}figcaption{color:var(--soft);font-size:.875rem;overflow-wrap:anywhere}
        svg.chart{display:block;width:100%;max-width:60rem;height:auto;background:var(--code);border:1px solid var(--line);border-radius:.35rem}
        svg.chart text{fill:var(--soft);font:12px system-ui,sans-serif}svg.chart path{fill:none;stroke-width:2;stroke-linejoin:round}
        svg .grid{stroke:var(--line)}svg path.after{stroke:var(--busy)}svg circle.after{fill:var(--busy)}svg path.before{stroke:var(--soft);stroke-dasharray:5 3}svg circle.before{fill:var(--soft)}
        svg .band{fill:var(--good);opacity:.16}svg .during{fill:var(--doubt);opacity:.16}svg .deployed{stroke:var(--doubt);stroke-width:2}
        svg line.limit{stroke:var(--bad);stroke-dasharray:2 3}svg.chart text.limit{fill:var(--bad)}
        .key{white-space:nowrap;margin-right:.75rem}.key::before{content:"";display:inline-block;width:1.2rem;height:.6rem;margin-right:.35rem;border-bottom:3px solid}
        .key.after::before{border-color:var(--busy)}.key.before::before{border-color:var(--soft);border-bottom-style:dashed}.key.deployed::before{border-color:var(--doubt)}
        .key.band::before{border:0;background:var(--good);opacity:.3}
        summary{cursor:pointer;font-weight:600}
        footer{color:var(--soft);font-size:.875rem}
        @media print{body{background:#fff}pre{max-height:none}}
        """;

    /// <summary>Only this style, and nothing else at all: no script, no image, no font, no form, no request.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Css)))}'; base-uri 'none'; form-action 'none'";

    public static string ClassOf(StepStatus status) => status switch
    {
        StepStatus.Succeeded => "good",
        StepStatus.Failed or StepStatus.Error => "bad",
        StepStatus.Inconclusive or StepStatus.Canceled => "doubt",
        StepStatus.Running => "busy",
        _ => "calm",
    };

    public static string ClassOf(DeployStatus status) => status switch
    {
        DeployStatus.Succeeded => "good",
        DeployStatus.Failed => "bad",
        DeployStatus.Running => "busy",
        _ => "doubt",
    };
}
