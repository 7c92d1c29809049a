namespace Wercker.Pipeline.Http;

/// <summary>What all answers of the application have, its error pages too, and no answer of a gateway before it.</summary>
/// <param name="Words">What it is, for people.</param>
/// <param name="IsOn">Whether an answer has it.</param>
internal sealed record Signature(string Words, Func<Answer, bool> IsOn)
{
    public static Signature InHeader(string name, string? value) => new(
        value is null ? $"the header {name}" : $"the header {name}: {value}",
        answer => answer.Headers.TryGetValue(name, out var found) && (value is null || found.Equals(value, StringComparison.OrdinalIgnoreCase)));

    public static Signature InBody(string text) => new($"the text \"{text}\"", answer => answer.Body.Contains(text, StringComparison.Ordinal));
}
