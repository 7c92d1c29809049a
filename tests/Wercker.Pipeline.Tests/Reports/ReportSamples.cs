using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Tests.Reports;

/// <summary>Deployments as they happen.</summary>
internal static class ReportSamples
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A deployment whose post-deploy test refuses the new version, and whose undo is given.</summary>
    public static List<DeployEvent> Failed(string id = "r1", RestoreStatus restore = RestoreStatus.Restored)
    {
        var story = new Story(id);
        story.Add(DeployEventKind.DeploymentStarted, 0, e => e with
        {
            Header = new DeploymentHeader
            {
                Pipeline = "shop",
                App = "shop",
                Revision = "a1b2c3d",
                Target = "production",
                RequestedBy = "ci",
                Steps = ["Setup", "Push", "canary/PostDeployTest", "LogTest"],
                Environment = new OrderedDictionary<string, string> { ["WERCKER"] = "true", ["API_KEY"] = "***" },
            },
        });
        story.Step("Setup", 1, StepStatus.Succeeded, null);
        story.Step("Push", 30, StepStatus.Succeeded, "Pushed.");
        story.Add(DeployEventKind.StepStarted, 0, e => e with { Step = "canary/PostDeployTest" });
        story.Add(DeployEventKind.StepFinished, 2, e => e with
        {
            Step = "canary/PostDeployTest",
            Status = StepStatus.Failed,
            Message = "Exit code 1 of: curl $URL | grep welcome",
            Decided = true,
            Evidence =
            [
                new Evidence("command", "curl $URL | grep welcome") { Text = "\u001b[31mHTTP/1.1 500\u001b[0m\r\n<h1>oops</h1>" },
                new Evidence("http", "GET /") { Data = new JsonObject { ["status"] = 500 } },
            ],
        });
        story.Add(DeployEventKind.Warning, 0, e => e with { Step = "Push", Message = "The build cache is full." });
        story.Add(DeployEventKind.RevertStarted, 0, e => e with { Step = "Push" });
        story.Add(DeployEventKind.RevertFinished, 3, e => restore == RestoreStatus.Failed
            ? e with { Step = "Push", Status = StepStatus.Error, Message = "The API answered 503.", Error = "System.Net.Http.HttpRequestException: 503\n   at X" }
            : e with { Step = "Push", Status = StepStatus.Succeeded, Message = "Rolled back to v41." });
        story.Add(DeployEventKind.DeploymentFinished, 0, e => e with { Verdict = DeployStatus.Failed, Restore = restore });
        return story.Events;
    }

    /// <summary>A failed deployment whose deciding step has this evidence.</summary>
    public static DeployReport With(params Evidence[] evidence)
    {
        var report = DeployReport.FromEvents(Failed());
        return report with { Steps = [.. report.Steps.Select(step => step.Decided ? step with { Evidence = evidence } : step)] };
    }

    private sealed class Story(string id)
    {
        private DateTimeOffset _at = Noon;

        public List<DeployEvent> Events { get; } = [];

        public void Add(DeployEventKind kind, double after, Func<DeployEvent, DeployEvent> fill)
        {
            _at += TimeSpan.FromSeconds(after);
            Events.Add(fill(new DeployEvent { DeploymentId = id, Sequence = Events.Count + 1, At = _at, Kind = kind }));
        }

        public void Step(string name, double seconds, StepStatus status, string? message)
        {
            Add(DeployEventKind.StepStarted, 0, e => e with { Step = name });
            Add(DeployEventKind.StepFinished, seconds, e => e with { Step = name, Status = status, Message = message });
        }
    }
}
