using System.Text.Json.Serialization;

namespace Wercker.Pipeline;

/// <summary>The verdict on a deployment.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeployStatus>))]
public enum DeployStatus
{
    /// <summary>It has not ended.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>Every step that counts succeeded or was skipped with a reason.</summary>
    [JsonStringEnumMemberName("succeeded")] Succeeded,

    /// <summary>A step said no, or had an accident.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>A step could not see enough to judge.</summary>
    [JsonStringEnumMemberName("inconclusive")] Inconclusive,

    /// <summary>It was canceled.</summary>
    [JsonStringEnumMemberName("canceled")] Canceled,
}
