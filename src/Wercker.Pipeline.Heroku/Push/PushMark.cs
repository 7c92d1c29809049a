using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>What is journaled of a push before it is sent, so that another process can find out what became of it.</summary>
/// <param name="Directory">The private directory that the push works in.</param>
internal sealed partial record PushMark(string Directory)
{
    public static readonly ContextKey<PushMark> Key = new("wercker.heroku.push", MarkJson.Default.PushMark);

    /// <summary>True from just before the platform gets something until it is certain that nothing comes of it.</summary>
    public bool IsSent { get; init; }

    /// <summary>The version of the newest release before.</summary>
    public int Before { get; init; }

    /// <summary>The commit that is pushed; null where none is.</summary>
    public string? Commit { get; init; }

    /// <summary>The digest of the upload's address, which is ours alone. The address itself is signed, and whoever has it can read the source.</summary>
    public string? Upload { get; init; }

    public static string DigestOf(string address) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)));

    /// <summary>Tells whether a build is the one of this push.</summary>
    public bool IsOf(BuildInfo build) => Commit is not null
        ? string.Equals(build.SourceBlob?.Version, Commit, StringComparison.OrdinalIgnoreCase)
        : Upload is not null && build.SourceBlob?.Url is { } url && DigestOf(url) == Upload;

    [JsonSerializable(typeof(PushMark))]
    private sealed partial class MarkJson : JsonSerializerContext;
}
