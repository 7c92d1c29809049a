using Wercker.Pipeline;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sandboxes;

namespace Samples.Quickstart;

/// <summary>The pipeline that deploys the shop: wercker's nine phases, a log test and a metrics test.</summary>
public sealed class ShopPipeline(SiteDirectory site, WebServerProcess server, AppRepository repository, string reports)
{
    public string ReportOf(string revision) => Path.Combine(reports, revision, "report.html");

    public async Task<DeployReport> DeployAsync(string revision, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(reports, revision);
        await using var report = new ReportFolder(folder);
        var services = new PipelineServices { Observers = [new Narrator(), report], Outputs = [report] };
        // <pipeline>
        var config = WerckerConfig.Load(repository.Path);
        var pipeline = new DeployPipelineBuilder("shop", services)
            .UseTarget(new LocalDirectoryTarget(site, server))
            .UseSandbox(new ProcessSandboxProvider())
            .WithVariable("URL", server.Url)
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = config.PreDeploy;
                flow.PostDeploy = config.PostDeploy;
                flow.PostDeployTest = config.PostDeployTest;
                flow.WarmUp = TimeSpan.FromSeconds(0.5);
                flow.LogTest(test => test.From(new ServerLog(site), "500").After(TimeSpan.FromSeconds(1)));
                flow.MetricsTest(test => test.Heartbeat(new HeartbeatFile(site), "shop.heartbeat", every: TimeSpan.FromSeconds(0.5)).After(TimeSpan.FromSeconds(2)));
            })
            .Build();
        return await pipeline.DeployAsync(new DeployRequest("shop", revision) { Source = Source.Git(repository.Path, revision) }, cancellationToken);
        // </pipeline>
    }
}
