using System.Globalization;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Security;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Feeds;

/// <summary>The feed of build monitors such as CCMenu, CCTray and BuildNotify (cctray.org/v1): a project of theirs is a deploy target.</summary>
internal static class CctrayFeed
{
    private const int MostLooks = 20;

    public static async Task<IResult> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var origin = $"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}";
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, CheckCharacters = false }))
        {
            xml.WriteStartElement("Projects");
            foreach (var project in visit.Readable)
            {
                foreach (var target in project.Targets)
                {
                    await WriteAsync(xml, project, target, origin + visit.Urls.Target(project.Name, target.Name), cancellationToken).ConfigureAwait(false);
                }
            }

            xml.WriteEndElement();
        }

        return TypedResults.Text(text.ToString(), "application/xml", Encoding.UTF8);
    }

    private static async Task WriteAsync(XmlWriter xml, DashboardProject project, DashboardTarget target, string url, CancellationToken cancellationToken)
    {
        var search = new DeploymentSearch { App = project.App, Target = target.Name, Limit = MostLooks };
        var deployments = await project.Store.SearchAsync(search, cancellationToken).ConfigureAwait(false);
        var last = deployments.FirstOrDefault(one => one.Status != DeployStatus.Running);
        var lease = await project.Store.FindLeaseAsync(target.Name, cancellationToken).ConfigureAwait(false);
        xml.WriteStartElement("Project");
        xml.WriteAttributeString("name", Clean($"{project.Name} :: {target.Name}"));
        xml.WriteAttributeString("activity", lease is { DeploymentId: not null, IsOrphaned: false } ? "Building" : "Sleeping");
        xml.WriteAttributeString("lastBuildStatus", last?.Status switch
        {
            DeployStatus.Succeeded => "Success",
            DeployStatus.Failed => "Failure",
            DeployStatus.Inconclusive => "Exception",
            _ => "Unknown",
        });
        if (last is not null)
        {
            xml.WriteAttributeString("lastBuildLabel", Clean(last.Revision ?? last.Id));
            xml.WriteAttributeString("lastBuildTime", (last.FinishedAt ?? last.StartedAt).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        }

        xml.WriteAttributeString("webUrl", url);
        xml.WriteEndElement();
    }

    /// <summary>What XML cannot hold, and what a monitor should not show.</summary>
    private static string Clean(string text) => string.Concat(Reports.TerminalText.Clean(text).Where(c => XmlConvert.IsXmlChar(c) && c is not ('\n' or '\t')));
}
