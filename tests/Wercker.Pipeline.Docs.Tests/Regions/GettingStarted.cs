using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/getting-started.md; run by GettingStartedTests.</summary>
internal static class GettingStarted
{
    public static async Task<DeployReport> DeployAsync(string project, string reports, string key, CancellationToken cancellationToken)
    {
        // <deploy>
        var config = WerckerConfig.Load(project);
        var rollback = new WerckerCommand("./previous-release.sh");
        await using var report = new ReportFolder(reports);

        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Observers = [report], Outputs = [report] })
            .UseTarget(new CustomTarget("production", config.Deploy, [rollback]))
            .UseSandbox(new ProcessSandboxProvider())
            .WithVariable("STAGE", "production")
            .WithSecret("SHOP_KEY", new Secret(key))
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = config.PreDeploy;
                flow.PostDeploy = config.PostDeploy;
                flow.PostDeployTest = config.PostDeployTest;
                flow.WarmUp = TimeSpan.FromSeconds(1);
            })
            .Build();

        var request = new DeployRequest("shop", "a1b2c3d") { Source = Source.Directory(project) };
        return await pipeline.DeployAsync(request, cancellationToken);
        // </deploy>
    }

    public static IReadOnlyList<string> Plan(DeployPipeline pipeline, DeployRequest request)
    {
        var lines = new List<string>();
        // <plan>
        var plan = pipeline.Plan(request);
        foreach (var step in plan.Steps)
        {
            lines.Add($"{step.Name}: {step.Description ?? "skipped, because " + step.SkipReason}");
        }

        lines.Add(plan.IsReady ? "nothing is missing" : $"missing: {string.Join(", ", plan.MissingVariables)}");
        // </plan>
        return lines;
    }
}
