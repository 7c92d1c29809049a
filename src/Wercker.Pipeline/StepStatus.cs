using System.Text.Json.Serialization;

namespace Wercker.Pipeline;

/// <summary>The verdict on a step or on an undo.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StepStatus>))]
public enum StepStatus
{
    /// <summary>The deployment ended before the step's turn came.</summary>
    [JsonStringEnumMemberName("notRun")] NotRun,

    /// <summary>The step is at work.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>The step did its work, or saw the evidence that it asked for.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>There was nothing to do; the message says why.</summary>
    [JsonStringEnumMemberName("skipped")] Skipped,

    /// <summary>The answer is no.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The step could not see enough to judge. Never a success; <see cref="StepOptions.ContinueOnInconclusive"/> says what it means.</summary>
    [JsonStringEnumMemberName("inconclusive")] Inconclusive,

    /// <summary>An accident: the step threw, or its time was over.</summary>
    [JsonStringEnumMemberName("error")] Error,

    /// <summary>The deployment was canceled while the step ran.</summary>
    [JsonStringEnumMemberName("canceled")] Canceled,
}
