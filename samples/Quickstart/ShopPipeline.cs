using Wercker.Pipeline;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sandboxes;

namespace Samples.Quickstart;

/// <summary>The pipeline that deploys the shop: wercker's nine phases on a Heroku app.</summary>
public sealed class ShopPipeline(ShopRepository repository, string reports)
{
    // One journal for all deployments: a roll back finds in it which revision was good.
    private readonly PipelineServices _services = new();

    public string ReportOf(string revision) => Path.Combine(reports, revision, "report.html");

    public bool ReportsContain(string text) =>
        Directory.GetFiles(reports, "*", SearchOption.AllDirectories).Any(file => File.ReadAllText(file).Contains(text, StringComparison.Ordinal));

    public async Task<DeployReport> DeployAsync(string revision, HerokuOptions heroku, Uri url, CancellationToken cancellationToken)
    {
        await using var report = new ReportFolder(Path.Combine(reports, revision));
        var services = _services with { Observers = [new Narrator(), report], Outputs = [report] };
        using var http = HerokuHttpClient.Create(heroku.CaFile);
        var log = new HerokuLogSource(http, heroku);
        // <pipeline>
        var config = WerckerConfig.Load(repository.Path);
        var pipeline = new DeployPipelineBuilder("shop", services)
            .UseTarget(new HerokuTarget(http, heroku))
            .UseSandbox(new ProcessSandboxProvider())
            .WithVariable("URL", url.ToString())
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = config.PreDeploy;
                flow.PostDeploy = config.PostDeploy;
                flow.PostDeployTest = config.PostDeployTest;
                flow.WarmUp = TimeSpan.FromSeconds(0.5);
                flow.LogTest(test => test.From(log, HerokuLogSource.PlatformErrors).From(log, "^error: ").After(TimeSpan.FromSeconds(1)));
                flow.MetricsTest(test => test.Heartbeat(new HeartbeatLog(log), "shop.heartbeat", every: TimeSpan.FromSeconds(0.5)).After(TimeSpan.FromSeconds(2)));
            })
            .Build();
        return await pipeline.DeployAsync(new DeployRequest("shop", revision) { Source = Source.Git(repository.Path, revision) }, cancellationToken);
        // </pipeline>
    }
}
