using System.Globalization;

namespace Wercker.Pipeline.Decisions;

/// <summary>Choices and decisions in words, as people type and read them.</summary>
internal static class DecisionWords
{
    public static string Of(DecisionChoice choice) => choice switch
    {
        DecisionChoice.Retry => "retry",
        DecisionChoice.Ignore => "ignore",
        DecisionChoice.Fail => "fail",
        DecisionChoice.RollBack => "roll-back",
        DecisionChoice.Approve => "approve",
        _ => "reject",
    };

    public static string Of(IEnumerable<DecisionChoice> choices) => string.Join(", ", choices.Select(Of));

    /// <summary>"roll-back by ann: the shop is empty".</summary>
    public static string Of(Decision decision) => $"{Of(decision.Choice)} by {decision.By}{(decision.Reason is { Length: > 0 } reason ? $": {reason}" : string.Empty)}";

    /// <summary>"without an answer until 12:00:00 UTC: roll-back".</summary>
    public static string OfDeadline(DecisionRequest request) =>
        string.Create(CultureInfo.InvariantCulture, $"without an answer until {request.Due.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {Of(request.Default)}");

    /// <summary>The offered choice that a word means: its name, however it is joined, or a beginning that fits only one.</summary>
    public static DecisionChoice? Find(string word, IReadOnlyList<DecisionChoice> offered)
    {
        var wanted = Plain(word);
        var matches = offered.Where(choice => Plain(Of(choice)).StartsWith(wanted, StringComparison.Ordinal)).Distinct().ToArray();
        return wanted.Length > 0 && matches is [var only] ? only : null;
    }

    /// <summary>How long a person is waited for.</summary>
    /// <exception cref="ConfigurationException">Not longer than zero, or longer than a person is waited for.</exception>
    public static TimeSpan CheckPatience(TimeSpan within) => within > TimeSpan.Zero && within <= TimeSpan.FromDays(30)
        ? within
        : throw new ConfigurationException($"The time for a decision is {within}: it must be longer than zero and at most 30 days.");

    private static string Plain(string word) => word.Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
}
