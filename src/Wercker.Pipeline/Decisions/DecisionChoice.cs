using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Decisions;

/// <summary>What a person can decide.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DecisionChoice>))]
public enum DecisionChoice
{
    /// <summary>Run the step once more.</summary>
    [JsonStringEnumMemberName("retry")] Retry,

    /// <summary>Go on as if the step had succeeded. The report has a warning.</summary>
    [JsonStringEnumMemberName("ignore")] Ignore,

    /// <summary>End the deployment with the step's verdict and leave the target as it is.</summary>
    [JsonStringEnumMemberName("fail")] Fail,

    /// <summary>End the deployment with the step's verdict and take back what was done.</summary>
    [JsonStringEnumMemberName("roll-back")] RollBack,

    /// <summary>Let the deployment pass a gate.</summary>
    [JsonStringEnumMemberName("approve")] Approve,

    /// <summary>Do not let it pass: the gate fails.</summary>
    [JsonStringEnumMemberName("reject")] Reject,
}
