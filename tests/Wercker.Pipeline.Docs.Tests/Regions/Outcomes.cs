namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/outcomes-and-rollback.md; run by OutcomeTests.</summary>
internal static class Outcomes
{
    public static DeployPipeline LeavesTheTarget(IDeployStep check)
    {
        // <policy>
        var pipeline = new DeployPipelineBuilder("shop")
            .LeaveOnFailure()
            .AddStep("Check", check)
            .Build();
        // </policy>
        return pipeline;
    }

    public static async Task<DeployReport> DeployAsync(DeployPipeline pipeline, DeployRequest request, CancellationToken stop, CancellationToken stopAtOnce)
    {
        // <cancel>
        var report = await pipeline.DeployAsync(request, abortToken: stopAtOnce, cancellationToken: stop);
        // </cancel>
        return report;
    }

    public static string Ensure(DeployReport report)
    {
        // <ensure>
        try
        {
            report.EnsureSucceeded();
            return "deployed";
        }
        catch (DeploymentFailedException e)
        {
            return $"{e.Message} ({e.Report.Restore})";
        }
        // </ensure>
    }
}
