using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Tests.Reports;

/// <summary>Random reports and events whose texts try to break out of whatever they are put into.</summary>
internal static class Hostile
{
    private static readonly string[] Pieces =
    [
        "<script>alert(1)</script>", "</style></pre></details>", "]]>", "<!--", "-->", "&amp;", "\"'><img src=x onerror=alert(1)>", "```", "````", "|", "`x`",
        "[a](javascript:alert(1))", "\u001b[31mred\u001b[0m", "\u001b]0;title\a", "\u009b2J", "\0", "\b", "\r", "\r\n", "\n", "\t", "\ufffe", "\uffff", "\u202e", "\u2028",
        "😀", "é", "日本", "\\", "#1", "@all", " ", "plain text", "2026-01-01T00:00:00.000Z Push out | forged",
    ];

    public static Gen<string> Text { get; } =
        from parts in Gen.ListOf(Gen.OneOf(Gen.Elements(Pieces), ArbMap.Default.GeneratorFor<string>().Select(WellFormed)))
        select string.Concat(parts);

    public static Gen<string?> MaybeText { get; } = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(t => (string?)t));

    public static Gen<DateTimeOffset> Time { get; } =
        from ticks in ArbMap.Default.GeneratorFor<long>()
        from hours in Gen.Choose(-12, 12)
        select new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.FromHours(hours)).AddTicks(ticks % TimeSpan.TicksPerDay);

    public static Gen<TimeSpan?> MaybeDuration { get; } = Gen.OneOf(
        Gen.Constant<TimeSpan?>(null), ArbMap.Default.GeneratorFor<long>().Select(t => (TimeSpan?)TimeSpan.FromTicks(t)), Gen.Constant<TimeSpan?>(TimeSpan.FromTicks(1)));

    public static Gen<JsonObject> Data { get; } =
        from names in Gen.ListOf(Text)
        from value in Text
        from number in ArbMap.Default.GeneratorFor<int>()
        select new JsonObject(names.Distinct().Select((name, i) => KeyValuePair.Create(name, (i % 4) switch
        {
            0 => JsonValue.Create(value),
            1 => JsonValue.Create(number),
            2 => new JsonArray(JsonValue.Create(true), null, new JsonObject { ["in"] = value }),
            _ => (JsonNode?)null,
        })));

    public static Gen<Evidence> Evidence { get; } =
        from kind in Text
        from title in Text
        from text in MaybeText
        from data in Gen.OneOf(Gen.Constant<JsonObject?>(null), Data.Select(d => (JsonObject?)d))
        select new Evidence(kind, title) { Text = text, Data = data };

    public static Gen<StepReport> Step { get; } =
        from name in Text
        from status in Gen.Elements(Enum.GetValues<StepStatus>())
        from message in MaybeText
        from error in MaybeText
        from decided in Gen.Elements(true, false)
        from startedAt in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), Time.Select(t => (DateTimeOffset?)t))
        from duration in MaybeDuration
        from evidence in Gen.ListOf(Evidence).Resize(6)
        select new StepReport
        {
            Name = name,
            Status = status,
            Message = message,
            Error = error,
            Decided = decided,
            StartedAt = startedAt,
            Duration = duration,
            Evidence = [.. evidence],
        };

    public static Gen<DecisionRequest> Question { get; } =
        from texts in Gen.ArrayOf(Text, 3)
        from reason in MaybeText
        from choices in Gen.NonEmptyListOf(Gen.Elements(Enum.GetValues<DecisionChoice>()))
        from asked in Time
        from decided in Gen.Elements(true, false)
        select new DecisionRequest
        {
            Id = string.Empty,
            DeploymentId = string.Empty,
            Step = texts[0],
            Question = texts[1],
            Choices = [.. choices],
            Default = choices[0],
            AskedAt = asked,
            Due = asked,
            Decision = decided ? new Decision(choices[^1], texts[2], reason) { At = asked } : null,
        };

    public static Gen<DeployReport> Report { get; } =
        from texts in Gen.ArrayOf(Text, 5)
        from maybe in Gen.ArrayOf(MaybeText, 2)
        from status in Gen.Elements(Enum.GetValues<DeployStatus>())
        from restore in Gen.Elements(Enum.GetValues<RestoreStatus>())
        from startedAt in Time
        from finishedAt in Gen.OneOf(Gen.Constant<DateTimeOffset?>(null), Time.Select(t => (DateTimeOffset?)t))
        from steps in Gen.ListOf(Step).Resize(8)
        from reverts in Gen.ListOf(Step).Resize(4)
        from warnings in Gen.ListOf(Text)
        from environment in EnvironmentListing
        from decisions in Gen.ListOf(Question).Resize(3)
        select new DeployReport
        {
            Id = texts[0],
            Pipeline = texts[1],
            App = texts[2],
            Revision = texts[3],
            Summary = texts[4],
            Target = maybe[0],
            RequestedBy = maybe[1],
            Status = status,
            Restore = restore,
            StartedAt = startedAt,
            FinishedAt = finishedAt,
            Steps = [.. steps],
            Reverts = [.. reverts],
            Decisions = [.. decisions.Select((one, i) => one with { DeploymentId = texts[0], Id = $"{texts[0]}-{i}" })],
            Warnings = [.. warnings],
            Environment = environment,
        };

    public static Gen<IReadOnlyDictionary<string, string>> EnvironmentListing { get; } =
        from names in Gen.ListOf(Text)
        from value in Text
        select (IReadOnlyDictionary<string, string>)new OrderedDictionary<string, string>(names.Distinct().Select((n, i) => KeyValuePair.Create(n, $"{value}{i}")));

    /// <summary>UTF-8 has no form for half a surrogate pair, so no text that went through bytes can have one.</summary>
    public static string WellFormed(string? text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? string.Empty));
}

/// <summary>What FsCheck asks for random reports.</summary>
public static class HostileReports
{
    public static Arbitrary<DeployReport> Report() => Arb.From(Hostile.Report);
}
