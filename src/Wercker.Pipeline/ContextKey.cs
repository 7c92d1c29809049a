using System.Text.Json.Serialization.Metadata;

namespace Wercker.Pipeline;

/// <summary>The typed name under which steps hand each other a value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="Name">The name, unique in the pipeline; start it with your package's or company's.</param>
/// <param name="Json">How the value is written to the journal, so that it survives a restart; null for values that are only in memory. Never journal a secret.</param>
public readonly record struct ContextKey<T>(string Name, JsonTypeInfo<T>? Json = null);
