using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Reports as files.</summary>
internal static class ReportEndpoints
{
    public static async Task<IResult> FileAsync(string project, string id, string form, HttpContext context, CancellationToken cancellationToken)
    {
        var of = DashboardVisit.Of(context).Project!;
        if (await DeploymentReader.FindAsync(of, id, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        (Action<DeployReport, Stream> Write, string Type, string Name)? known = form switch
        {
            "json" => ((report, output) => report.WriteJson(output), "application/json", "report.json"),
            "html" => ((report, output) => report.WriteHtml(output), "text/html; charset=utf-8", "report.html"),
            "md" => ((report, output) => report.WriteMarkdown(output), "text/markdown; charset=utf-8", "report.md"),
            "junit" => ((report, output) => report.WriteJUnit(output), "application/xml", "junit.xml"),
            _ => null,
        };
        if (known is not { } file)
        {
            return Refusal.Of(context, StatusCodes.Status404NotFound, "No such report", "Reports are json, html, md and junit.");
        }

        using var content = new MemoryStream();
        file.Write(DeployReport.FromEvents(await DeploymentReader.ReadEventsAsync(of, id, cancellationToken).ConfigureAwait(false)), content);

        // With a name it is downloaded and never shown within the dashboard.
        return TypedResults.File(content.ToArray(), file.Type, $"{id}-{file.Name}");
    }
}
