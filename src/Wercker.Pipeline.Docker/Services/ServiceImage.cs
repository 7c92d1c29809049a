using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>The image of a deployment, once it is known which one its name means.</summary>
/// <param name="Name">Its name with tag or digest.</param>
/// <param name="Id">The digest of its configuration, which is the image's id on an engine.</param>
/// <param name="Digest">The digest under which its registry has it; null for an image that is only on this engine.</param>
internal sealed partial record ServiceImage(string Name, string Id, string? Digest)
{
    /// <summary>Set once the image is there, so that what was looked at is what is deployed.</summary>
    public static readonly ContextKey<ServiceImage> Key = new("wercker.docker.image", ImageJson.Default.ServiceImage);

    /// <summary>A name that can mean no other image: with the registry's digest, or the id.</summary>
    public string Pinned => Digest is null ? Id : Name.Contains('@', StringComparison.Ordinal) ? Name : $"{Name}@{Digest}";

    [JsonSerializable(typeof(ServiceImage))]
    private sealed partial class ImageJson : JsonSerializerContext;
}
