using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>Compares events by what they say: records compare their lists by reference.</summary>
internal static class DeployEventDifference
{
    /// <summary>The name of the first property that differs; null when none does.</summary>
    public static string? Between(DeployEvent expected, DeployEvent actual)
    {
        (string Name, bool Same)[] properties =
        [
            (nameof(DeployEvent.DeploymentId), expected.DeploymentId == actual.DeploymentId),
            (nameof(DeployEvent.Sequence), expected.Sequence == actual.Sequence),
            (nameof(DeployEvent.At), expected.At.ToUniversalTime() == actual.At.ToUniversalTime()),
            (nameof(DeployEvent.Kind), expected.Kind == actual.Kind),
            (nameof(DeployEvent.Step), expected.Step == actual.Step),
            (nameof(DeployEvent.Status), expected.Status == actual.Status),
            (nameof(DeployEvent.Message), expected.Message == actual.Message),
            (nameof(DeployEvent.Evidence), Same(expected.Evidence, actual.Evidence)),
            (nameof(DeployEvent.Error), expected.Error == actual.Error),
            (nameof(DeployEvent.Decided), expected.Decided == actual.Decided),
            (nameof(DeployEvent.Header), Same(expected.Header, actual.Header)),
            (nameof(DeployEvent.Verdict), expected.Verdict == actual.Verdict),
            (nameof(DeployEvent.Restore), expected.Restore == actual.Restore),
            (nameof(DeployEvent.Question), Same(expected.Question, actual.Question)),
            (nameof(DeployEvent.Key), expected.Key == actual.Key),
            (nameof(DeployEvent.Value), Same(expected.Value, actual.Value)),
        ];
        return properties.FirstOrDefault(property => !property.Same).Name;
    }

    private static bool Same(IReadOnlyList<Evidence> expected, IReadOnlyList<Evidence> actual) =>
        expected.Count == actual.Count && expected.Zip(actual).All(pair =>
            pair.First.Kind == pair.Second.Kind && pair.First.Title == pair.Second.Title && pair.First.Text == pair.Second.Text
            && JsonNode.DeepEquals(pair.First.Data, pair.Second.Data));

    private static bool Same(DeploymentHeader? expected, DeploymentHeader? actual) =>
        expected is null || actual is null
            ? ReferenceEquals(expected, actual)
            : expected.Pipeline == actual.Pipeline && expected.App == actual.App && expected.Revision == actual.Revision
                && expected.Target == actual.Target && expected.RequestedBy == actual.RequestedBy
                && expected.Source?.Path == actual.Source?.Path && expected.Source?.GitRevision == actual.Source?.GitRevision
                && (expected.Source?.Except ?? []).SequenceEqual(actual.Source?.Except ?? [])
                && expected.Steps.SequenceEqual(actual.Steps)
                && expected.Environment.SequenceEqual(actual.Environment);

    private static bool Same(DecisionRequest? expected, DecisionRequest? actual) =>
        expected is null || actual is null
            ? ReferenceEquals(expected, actual)
            : expected.Choices.SequenceEqual(actual.Choices) && expected with { Choices = [] } == actual with { Choices = [] };

    private static bool Same(JsonElement? expected, JsonElement? actual) =>
        expected is { } one && actual is { } other ? JsonElement.DeepEquals(one, other) : expected is null && actual is null;
}
