using System.Text.Json.Serialization;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>What is journaled of an update before it is asked for. No variable of the service is in it: these may be secrets.</summary>
/// <param name="Image">The image that the service is to have.</param>
/// <param name="Version">The version of the service before: while it is that, nothing has arrived.</param>
/// <param name="Update">How the service was updated before, when the deployment changes that too.</param>
internal sealed partial record SwarmMark(string Image, ulong Version, SwarmUpdateConfig? Update)
{
    public static readonly ContextKey<SwarmMark> Key = new("wercker.docker.swarm", MarkJson.Default.SwarmMark);

    [JsonSerializable(typeof(SwarmMark))]
    private sealed partial class MarkJson : JsonSerializerContext;
}
