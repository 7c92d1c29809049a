using System.Text.Json;
using System.Text.Json.Serialization;

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

    /// <summary>The deployment ended; carries the verdict.</summary>
    [JsonStringEnumMemberName("deploymentFinished")] DeploymentFinished,
}
