using System.Globalization;
using System.Text;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.Benchmarks.Dashboard;

/// <summary>What the dashboard shows: many deployments, and one with a very long log.</summary>
internal static class BoardContent
{
    public const string LongLog = "long-log";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static async Task FillAsync(SqliteStore store, int deployments, int lines)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, deployments), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancellationToken) =>
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"d{i:00000}");
            await TellAsync(store, id, Start.AddMinutes(i), i, cancellationToken);
        });
        await TellAsync(store, LongLog, Start.AddDays(30), deployments, CancellationToken.None);
        await using var log = store.OpenLog(LongLog);
        var block = new StringBuilder();
        for (var i = 1; i <= lines; i++)
        {
            block.Append(CultureInfo.InvariantCulture, $"2026-03-31T12:00:00.{i % 1000:000}Z {(i < lines / 2 ? "Push" : "PostDeployTest")} out | {i} GET /articles/{i % 977} 200 in {i % 83} ms from 10.0.{i % 250}.{i % 199}\n");
            if (i % 10_000 == 0)
            {
                await log.WriteAsync(Encoding.UTF8.GetBytes(block.ToString()));
                block.Clear();
            }
        }
    }

    private static async Task TellAsync(SqliteStore store, string id, DateTimeOffset at, int i, CancellationToken cancellationToken)
    {
        var sequence = 0;
        foreach (var e in Events(at, i))
        {
            await store.AppendAsync(e with { DeploymentId = id, Sequence = ++sequence }, cancellationToken);
        }
    }

    private static IEnumerable<DeployEvent> Events(DateTimeOffset at, int i)
    {
        var e = new DeployEvent { DeploymentId = string.Empty, Sequence = 0, At = at, Kind = DeployEventKind.DeploymentStarted };
        string[] steps = ["Setup", "MaintenanceOn", "Push", "Restart", "PostDeployTest", "LogTest", "MetricsTest"];
        yield return e with
        {
            Header = new DeploymentHeader { Pipeline = "deploy", App = "shop", Revision = $"{i * 2654435761L % 0xfffffff:x7}", Target = i % 3 == 0 ? "staging" : "production", RequestedBy = i % 2 == 0 ? "ann" : "bob", Steps = steps },
        };
        foreach (var step in new[] { "Push", "PostDeployTest" })
        {
            yield return e with { Kind = DeployEventKind.StepStarted, Step = step, At = at.AddSeconds(1) };
            yield return e with { Kind = DeployEventKind.StepFinished, Step = step, At = at.AddSeconds(20), Status = StepStatus.Succeeded, Message = "3 commands succeeded", Evidence = [new Evidence("text", "what was seen") { Text = "all is well" }] };
        }

        yield return e with { Kind = DeployEventKind.DeploymentFinished, At = at.AddSeconds(30), Verdict = i % 10 == 0 ? DeployStatus.Failed : DeployStatus.Succeeded, Restore = RestoreStatus.NotNeeded };
    }
}
