using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.Http;

/// <summary>Something that a good answer has.</summary>
/// <param name="FindFault">What is wrong with an answer; null when nothing is.</param>
internal sealed record Expectation(Func<Answer, string?> FindFault)
{
    private const int Shown = 100;

    public static Expectation Header(string name, string value) => new(answer =>
        !answer.Headers.TryGetValue(name, out var found) ? $"no header {name}"
        : found.Equals(value, StringComparison.OrdinalIgnoreCase) ? null
        : $"the header {name} is '{answer.Shorten(found, Shown)}', not '{value}'");

    public static Expectation Json(JsonMember member, string value) => Json(member, found =>
        JsonMember.TextOf(found) is { } text && (text == value || (found.ValueKind == JsonValueKind.Number && IsSameNumber(text, value))) ? null : $"not '{value}'");

    public static Expectation Json(JsonMember member, Func<JsonElement, bool> condition, string words) => Json(member, found =>
    {
        try
        {
            return condition(found) ? null : $"which is not {words}";
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            return $"of another type than {words} needs";
        }
    });

    public static Expectation Text(string text) => new(answer =>
        answer.Body.Contains(text, StringComparison.Ordinal) ? null : $"the body does not hold '{answer.Shorten(text, Shown)}'{(answer.Cut is null ? string.Empty : $" ({answer.Cut})")}");

    private static Expectation Json(JsonMember member, Func<JsonElement, string?> findFault) => new(answer =>
        answer.Json is not { } root ? $"the body is no JSON{(answer.Cut is null ? string.Empty : $" ({answer.Cut})")}"
        : member.Find(root) is not { } found ? $"no JSON member {member}"
        : findFault(found) is { } fault ? $"the JSON member {member} is {answer.Shorten(found.GetRawText(), Shown)}, {fault}"
        : null);

    private static bool IsSameNumber(string one, string other) =>
        decimal.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out var a) && decimal.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b;
}
