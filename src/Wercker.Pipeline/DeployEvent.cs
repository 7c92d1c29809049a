using System.Text.Json;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline;

/// <summary>One thing that happened in a deployment. The journal keeps them, observers see them, the report is their fold.</summary>
/// <remarks>Every text in it is already masked.</remarks>
public sealed record DeployEvent
{
    /// <summary>The deployment.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>Counts the events of a deployment from 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required DeployEventKind Kind { get; init; }

    /// <summary>The step it is about; null for the deployment itself.</summary>
    public string? Step { get; init; }

    /// <summary>The verdict of a finished step or undo.</summary>
    public StepStatus? Status { get; init; }

    /// <summary>The sentence that goes with it.</summary>
    public string? Message { get; init; }

    /// <summary>The evidence of a finished step or undo.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>The accident behind an Error, masked.</summary>
    public string? Error { get; init; }

    /// <summary>True on the finish of a step that decided against the deployment.</summary>
    public bool Decided { get; init; }

    /// <summary>Of a started deployment: what, where, and the names of the steps to come.</summary>
    public DeploymentHeader? Header { get; init; }

    /// <summary>Of a finished deployment: the verdict.</summary>
    public DeployStatus? Verdict { get; init; }

    /// <summary>Of a finished deployment: what became of the target.</summary>
    public RestoreStatus? Restore { get; init; }

    /// <summary>Of a stored value: its name.</summary>
    public string? Key { get; init; }

    /// <summary>Of a stored value: the value.</summary>
    public JsonElement? Value { get; init; }

    /// <summary>
    /// Of a finished step: the question to a person over its verdict, which decides nothing before there is a decision. Of a requested decision: the
    /// question. Of a decision that was made: the question with the decision in it.
    /// </summary>
    public DecisionRequest? Question { get; init; }

    /// <summary>With the result of a step, of its undo, or of its test of a roll back.</summary>
    internal DeployEvent WithResult(string step, StepResult result) =>
        this with { Step = step, Status = result.Status, Message = result.Message, Evidence = result.Evidence, Error = result.Exception?.ToString() };

    /// <summary>Writes the event as one line of JSON, for journals that keep text.</summary>
    /// <returns>UTF-8 without a line break.</returns>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JournalJsonContext.Default.DeployEvent);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <returns>The event.</returns>
    /// <exception cref="InvalidDataException">It is no event.</exception>
    public static DeployEvent FromJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var deployEvent = JsonSerializer.Deserialize(utf8, JournalJsonContext.Default.DeployEvent) ?? throw new JsonException("It is null.");

            // A stored null reads as "no value"; only a stored value has the member at all.
            return deployEvent is { Kind: DeployEventKind.ValueStored, Value: null } ? deployEvent with { Value = JsonElement.Parse("null"u8) } : deployEvent;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"This is no event of a deployment: {e.Message}", e);
        }
    }
}

/// <summary>The kinds of <see cref="DeployEvent"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeployEventKind>))]
public enum DeployEventKind
{
    /// <summary>The deployment began; carries the header.</summary>
    [JsonStringEnumMemberName("deploymentStarted")] DeploymentStarted,

    /// <summary>A step is about to run: its undo is armed.</summary>
    [JsonStringEnumMemberName("stepStarted")] StepStarted,

    /// <summary>A step ended; carries verdict and evidence.</summary>
    [JsonStringEnumMemberName("stepFinished")] StepFinished,

    /// <summary>An undo is about to run.</summary>
    [JsonStringEnumMemberName("revertStarted")] RevertStarted,

    /// <summary>An undo ended.</summary>
    [JsonStringEnumMemberName("revertFinished")] RevertFinished,

    /// <summary>A step stored a value that later steps need.</summary>
    [JsonStringEnumMemberName("valueStored")] ValueStored,

    /// <summary>Something should be looked at.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>The deployment goes on in another process, after the one that ran it has ended.</summary>
    [JsonStringEnumMemberName("deploymentResumed")] DeploymentResumed,

    /// <summary>The deployment was canceled between two steps: no further one is started.</summary>
    [JsonStringEnumMemberName("deploymentCanceled")] DeploymentCanceled,

    /// <summary>A person is asked by a step that still runs.</summary>
    [JsonStringEnumMemberName("decisionRequested")] DecisionRequested,

    /// <summary>A question was decided, by a person or by its default.</summary>
    [JsonStringEnumMemberName("decisionMade")] DecisionMade,

    /// <summary>After the target was put back, a test looks at what is live now.</summary>
    [JsonStringEnumMemberName("restoreTestStarted")] RestoreTestStarted,

    /// <summary>That test ended; what it says decides whether the target counts as put back.</summary>
    [JsonStringEnumMemberName("restoreTestFinished")] RestoreTestFinished,

    /// <summary>The deployment ended; carries the verdict.</summary>
    [JsonStringEnumMemberName("deploymentFinished")] DeploymentFinished,
}
