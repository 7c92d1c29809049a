using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/reports.md; run by ReportTests.</summary>
internal static class Reports
{
    public static async Task WithFolderAsync(Func<PipelineServices, Task> use)
    {
        // <folder>
        await using var folder = new ReportFolder("out");
        var services = new PipelineServices { Observers = [folder], Outputs = [folder] };
        // </folder>
        await use(services);
    }

    public static async Task<DeployReport> DeployAsync(DeployPipeline pipeline, DeployRequest request, CancellationToken cancellationToken)
    {
        // <ensure>
        DeployReport report = await pipeline.DeployAsync(request, cancellationToken);
        report.EnsureSucceeded();
        // </ensure>
        return report;
    }
}
