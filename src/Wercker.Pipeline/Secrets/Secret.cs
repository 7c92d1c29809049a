using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Secrets;

/// <summary>A value that hides itself: it prints as ***, is written to JSON as *** and must be asked for by name.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(RedactingConverter))]
public sealed class Secret : IEquatable<Secret>
{
    private readonly string _value;

    /// <summary>Wraps a value.</summary>
    /// <param name="value">The secret value.</param>
    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    /// <summary>What is shown instead of a secret, everywhere.</summary>
    public const string Mask = "***";

    /// <summary>The value itself, for those who hand it to the system that needs it.</summary>
    /// <returns>The value.</returns>
    public string Reveal() => _value;

    /// <inheritdoc />
    public bool Equals(Secret? other) => other is not null && string.Equals(_value, other._value, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Secret);

    /// <inheritdoc />
    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The mask, never the value.</summary>
    /// <returns>***</returns>
    public override string ToString() => Mask;

    private sealed class RedactingConverter : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new JsonException("A secret is never read from JSON: name the environment variable that holds it.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue(Mask);
    }
}
