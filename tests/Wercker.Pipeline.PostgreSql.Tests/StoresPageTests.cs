using System.Text;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.PostgreSql.Tests;

/// <summary>The code of docs/stores.md.</summary>
public sealed class StoresPageTests
{
    [Test]
    public async Task DeployAsync_AsThePageSays_KeepsTheDeploymentAndItsLog()
    {
        var directory = Directory.CreateTempSubdirectory("wercker-page-").FullName;
        var (report, log) = await DeployAsync(await Server.MakeSchemaAsync(), directory);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(log, Does.Contain(" Greet note | hello").And.EndsWith("succeeded\n"));
        Assert.That(File.Exists(Path.Combine(directory, report.Id, "deploy.log")), Is.False);
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(DeployReport Report, string Log)> DeployAsync(string connection, string directory)
    {
        // <store>
        await using var store = new PostgreSqlStore(connection);
        await using var reports = new ReportFolder(directory) { FolderPerDeployment = true, OpenLog = store.OpenLog };
        var services = new PipelineServices { Journal = store, Lock = store, Observers = [reports], Outputs = [reports] };
        var pipeline = new DeployPipelineBuilder("shop", services)
            .UseTarget(new CustomTarget("production", []))
            .AddStep("Greet", async (context, cancellationToken) =>
            {
                await context.Output.NoteAsync("hello", cancellationToken);
                return StepResult.Succeeded();
            })
            .Build();
        var report = await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d"));
        // </store>

        // <log>
        var log = new StringBuilder();
        await foreach (var bytes in store.ReadLogAsync(report.Id, from: 0, CancellationToken.None))
        {
            log.Append(Encoding.UTF8.GetString(bytes.Span));
        }
        // </log>

        return (report, log.ToString());
    }
}
