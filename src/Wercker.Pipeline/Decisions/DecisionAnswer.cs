using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Decisions;

/// <summary>How questions and answers are written for others to read: files and webhooks have the same.</summary>
internal sealed partial record DecisionAnswer
{
    /// <summary>The question's id; a file has it in its name.</summary>
    public string? Id { get; init; }

    public string? Choice { get; init; }

    public string? By { get; init; }

    public string? Reason { get; init; }

    public static byte[] Write(DecisionRequest request) => JsonSerializer.SerializeToUtf8Bytes(request, AnswerJson.Default.DecisionRequest);

    /// <summary>Reads an answer to a question.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="request">The question.</param>
    /// <param name="needsId">False where the place already says which question it answers.</param>
    /// <exception cref="InvalidDataException">It is none, or answers what was not asked.</exception>
    public static Decision Read(ReadOnlySpan<byte> utf8, DecisionRequest request, bool needsId = false)
    {
        DecisionAnswer? answer;
        try
        {
            answer = JsonSerializer.Deserialize(utf8, AnswerJson.Default.DecisionAnswer);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"it is no JSON object: {e.Message}", e);
        }

        return answer switch
        {
            { Id: null } when needsId => throw new InvalidDataException("\"id\" is missing: it says which question is answered"),
            { Id: { } id } when id != request.Id => throw new InvalidDataException($"it answers the question {id}"),
            { Choice: { } word } when DecisionWords.Find(word, request.Choices) is { } choice => string.IsNullOrWhiteSpace(answer.By)
                ? throw new InvalidDataException("\"by\" is missing: who decides is recorded")
                : new Decision(choice, answer.By.Trim(), string.IsNullOrWhiteSpace(answer.Reason) ? null : answer.Reason.Trim()),
            _ => throw new InvalidDataException($"\"choice\" must be one of {DecisionWords.Of(request.Choices)}"),
        };
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, NewLine = "\n")]
    [JsonSerializable(typeof(DecisionAnswer))]
    [JsonSerializable(typeof(DecisionRequest))]
    private sealed partial class AnswerJson : JsonSerializerContext;
}
