using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>What the last deployment left on a host about itself.</summary>
/// <param name="Release">What it made live.</param>
/// <param name="Previous">What was live before.</param>
/// <param name="Deployment">Its id.</param>
/// <param name="Who">Who asked for it.</param>
/// <param name="When">When it was.</param>
/// <param name="IsDone">False when it was cut off in the middle of the switch.</param>
internal sealed record ReleaseMarker(string Release, string Previous, string Deployment, string Who, string When, bool IsDone)
{
    /// <summary>Reads the marker of a reply; null when there is none.</summary>
    public static ReleaseMarker? Of(HostReply reply) =>
        reply["marker"]?.Split('|') is [var release, var previous, var deployment, var who, var when, var state] ? new(release, previous, deployment, who, when, state == "done") : null;

    /// <summary>Says who changed "current" behind the back of the last deployment; null when nobody did.</summary>
    public static string? FindDrift(HostReply reply)
    {
        var live = Live(reply);
        return Of(reply) is not { } marker || live == marker.Release || (!marker.IsDone && live == (marker.Previous.Length == 0 ? ReleaseMap.None : marker.Previous)) ? null
            : $"\"current\" is {(live == ReleaseMap.None ? "gone" : live)}, but deployment {marker.Deployment} of {marker.Who} left {marker.Release} there at {marker.When}: somebody else has changed it";
    }

    /// <summary>The live release; "-" for none.</summary>
    public static string Live(HostReply reply) => reply["current"] is { Length: > 0 } live ? live : ReleaseMap.None;
}
