using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard.Tests;

/// <summary>Tells a store what happens in a deployment, event by event.</summary>
internal sealed class Story(IDeploymentStore store, string id, string app = "shop", string? target = "production", DateTimeOffset? start = null)
{
    public static readonly DateTimeOffset Start = new(2013, 4, 19, 10, 0, 0, TimeSpan.Zero);
    private long _sequence;

    public DateTimeOffset Now { get; private set; } = start ?? Start;

    public string Id => id;

    public async Task<Story> BeginAsync(string revision = "a1b2c3d", string? by = "ann", IReadOnlyDictionary<string, string>? environment = null, params string[] steps)
    {
        await AddAsync(new DeployEvent
        {
            DeploymentId = id,
            Sequence = 0,
            At = Now,
            Kind = DeployEventKind.DeploymentStarted,
            Header = new DeploymentHeader
            {
                Pipeline = "deploy",
                App = app,
                Revision = revision,
                Target = target,
                RequestedBy = by,
                Steps = steps.Length == 0 ? ["Push", "PostDeployTest"] : steps,
                Environment = environment ?? new Dictionary<string, string>(),
            },
        });
        return this;
    }

    public Task StepAsync(string step) => AddAsync(Event(DeployEventKind.StepStarted) with { Step = step });

    public Task DoneAsync(string step, StepStatus status = StepStatus.Succeeded, string? message = null, bool decided = false, DecisionRequest? question = null) =>
        AddAsync(Event(DeployEventKind.StepFinished) with { Step = step, Status = status, Message = message, Decided = decided, Question = question, Evidence = [new Evidence("text", "seen") { Text = "all is as it was" }] });

    public Task ValueAsync(string step, string key, JsonNode value) =>
        AddAsync(Event(DeployEventKind.ValueStored) with { Step = step, Key = key, Value = System.Text.Json.JsonSerializer.SerializeToElement(value) });

    public Task AskAsync(DecisionRequest question) => AddAsync(Event(DeployEventKind.DecisionRequested) with { Step = question.Step, Question = question });

    public Task EndAsync(DeployStatus verdict = DeployStatus.Succeeded, RestoreStatus restore = RestoreStatus.NotNeeded) =>
        AddAsync(Event(DeployEventKind.DeploymentFinished) with { Verdict = verdict, Restore = restore });

    public DecisionRequest Question(string step, params DecisionChoice[] choices) => new()
    {
        Id = $"{id}-1",
        DeploymentId = id,
        Step = step,
        Question = $"{step} did not succeed. What now?",
        Choices = choices,
        Default = choices[^1],
        AskedAt = Now,
        Due = DateTimeOffset.UtcNow.AddHours(1),
    };

    /// <summary>Writes lines of a step as deployments do.</summary>
    public static void WriteLog(Stream log, string step, string stream, params IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            log.Write(Encoding.UTF8.GetBytes($"2013-04-19T10:00:01.500Z {step} {stream} | {line}\n"));
        }

        log.Flush();
    }

    private async Task AddAsync(DeployEvent e)
    {
        await store.AppendAsync(e with { Sequence = ++_sequence, At = Now }, CancellationToken.None);
        Now += TimeSpan.FromSeconds(1);
    }

    private DeployEvent Event(DeployEventKind kind) => new() { DeploymentId = id, Sequence = 0, At = Now, Kind = kind };
}
