using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>What is journaled of a push before it is sent.</summary>
/// <param name="Commit">The commit that is pushed.</param>
/// <param name="Before">The commit that Dokku had before; null for none.</param>
internal sealed partial record DokkuMark(string Commit, string? Before)
{
    public static readonly ContextKey<DokkuMark> Key = new("wercker.dokku.push", MarkJson.Default.DokkuMark);

    [JsonSerializable(typeof(DokkuMark))]
    private sealed partial class MarkJson : JsonSerializerContext;
}
