using Wercker.Pipeline;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Targets;

namespace Samples.Dashboard;

/// <summary>A deployment that keeps everything in the store, where the dashboard finds it.</summary>
internal sealed class ShopDeployment(SqliteStore store, string directory)
{
    public async Task RunAsync(TimeSpan length)
    {
        // <store>
        await using var reports = new ReportFolder(Path.Combine(directory, "runs")) { FolderPerDeployment = true, OpenLog = store.OpenLog };
        var services = new PipelineServices { Journal = store, Lock = store, Decisions = store, Observers = [reports], Outputs = [reports] };
        // </store>
        var pipeline = new DeployPipelineBuilder("shop", services)
            .UseTarget(new CustomTarget("production", []))
            .AddStep("Build", async (context, cancellationToken) =>
            {
                await context.Output.NoteAsync("building", cancellationToken);
                return StepResult.Succeeded("built");
            })
            .AddStep("Watch", async (context, cancellationToken) =>
            {
                for (var seconds = 0; seconds < length.TotalSeconds; seconds++)
                {
                    await context.Output.NoteAsync($"all is well after {seconds} s", cancellationToken);
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
                }

                return StepResult.Succeeded("all is well");
            })
            .Build();
        await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d") { RequestedBy = "ann" });
    }
}
