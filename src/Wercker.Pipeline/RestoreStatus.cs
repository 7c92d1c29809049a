using System.Text.Json.Serialization;

namespace Wercker.Pipeline;

/// <summary>What became of the target after a deployment that did not succeed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestoreStatus>))]
public enum RestoreStatus
{
    /// <summary>Nothing that needs undoing was started, or the deployment succeeded.</summary>
    [JsonStringEnumMemberName("notNeeded")] NotNeeded,

    /// <summary>Every started step was taken back.</summary>
    [JsonStringEnumMemberName("restored")] Restored,

    /// <summary>A step has no way back, or nobody can tell; the target is as the step left it.</summary>
    [JsonStringEnumMemberName("notPossible")] NotPossible,

    /// <summary>The pipeline's policy is to leave the target as it is.</summary>
    [JsonStringEnumMemberName("left")] Left,

    /// <summary>An undo failed, or what is live after it failed its test: the target needs a person.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>Every started step was taken back, and the test that should prove it could not tell: nobody has seen the target well since.</summary>
    [JsonStringEnumMemberName("unproven")] Unproven,
}
