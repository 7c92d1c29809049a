using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Dashboard.Targets;

/// <summary>What is seen of a heartbeat.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HeartbeatState>))]
public enum HeartbeatState
{
    /// <summary>Every host that was seen in the last minutes beats.</summary>
    [JsonStringEnumMemberName("seen")] Seen,

    /// <summary>A host has stopped, or there is none.</summary>
    [JsonStringEnumMemberName("notSeen")] NotSeen,

    /// <summary>The metrics server could not be asked.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,
}
