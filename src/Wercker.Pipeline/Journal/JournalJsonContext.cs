using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Journal;

/// <summary>How events are written to a journal: one line of JSON each, members without a value left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    MaxDepth = 512)]
[JsonSerializable(typeof(DeployEvent))]
internal sealed partial class JournalJsonContext : JsonSerializerContext;
