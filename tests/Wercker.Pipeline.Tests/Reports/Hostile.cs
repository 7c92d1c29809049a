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

/// <summary>What FsCheck asks for evidence of the kinds that the page draws: of the right shape, of nearly the right shape, and of none.</summary>
public static class HostileEvidence
{
    private static readonly double[] Numbers = [0, 1, -1, 0.5, 1e-9, 3e8, 1e15, 1e15 + 1, -1e299, 1e300, double.MaxValue, double.MinValue, double.Epsilon];

    private static Gen<JsonNode?> Number { get; } = Gen.OneOf(
        Gen.Elements(Numbers).Select(n => (JsonNode?)JsonValue.Create(n)), Gen.Choose(0, 10_000).Select(n => (JsonNode?)JsonValue.Create(n)), Gen.Constant<JsonNode?>(null));

    private static Gen<JsonNode?> Text { get; } = Hostile.Text.Select(t => (JsonNode?)JsonValue.Create(t));

    private static Gen<JsonNode?> Time { get; } = Gen.OneOf(Gen.Choose(1_700_000_000, 1_700_003_600).Select(n => (JsonNode?)JsonValue.Create(n)), Number);

    private static Gen<JsonNode?> Odd { get; } = Gen.OneOf(Number, Text, Hostile.Data.Select(d => (JsonNode?)d));

    private static Gen<JsonNode?> Points { get; } =
        from points in Gen.ListOf(from at in Time from value in Number select (JsonNode?)new JsonArray(at, value))
        select (JsonNode?)new JsonArray([.. points]);

    private static Gen<JsonNode?> Metric { get; } = Object(
        ("expression", Text), ("points", Points), ("baseline", Points), ("window", Object(("before", Time), ("from", Time), ("until", Time))),
        ("limits", Object(("minimum", Number), ("failAbove", Number))), ("why", Text));

    private static Gen<JsonNode?> Log { get; } = Object(
        ("query", Text), ("count", Gen.Choose(0, 9).Select(n => (JsonNode?)n)), ("before", Object(("count", Number))), ("samples", List(Text)),
        ("signatures", List(Object(("template", Text), ("count", Number), ("first", Text), ("samples", List(Text))))), ("lost", Text), ("canary", Odd));

    private static Gen<JsonNode?> Http { get; } = Object(
        ("url", Text), ("version", Text), ("passes", Number), ("tries", Number), ("left", Number),
        ("probes", List(Object(("seconds", Number), ("status", Number), ("version", Text), ("milliseconds", Number), ("words", Text), ("count", Number)))));

    private static Gen<JsonNode?> Command { get; } = Object(("command", Text), ("exitCode", Number), ("seconds", Number));

    public static Arbitrary<Evidence[]> Evidence() => Arb.From(Gen.ArrayOf(
        from kind in Gen.Elements("metric", "log", "http", "command")
        from metric in Metric
        from log in Log
        from http in Http
        from command in Command
        from title in Hostile.Text
        from text in Hostile.MaybeText
        select new Evidence(kind, title)
        {
            Text = text,
            Data = (JsonObject?)(kind switch
            {
                "metric" => metric,
                "log" => log,
                "http" => http,
                _ => command,
            }),
        }).Resize(5));

    private static Gen<JsonNode?> List(Gen<JsonNode?> of) => Gen.ListOf(of).Select(all => (JsonNode?)new JsonArray([.. all]));

    /// <summary>An object with these members, of which now and then one is missing or odd.</summary>
    private static Gen<JsonNode?> Object(params (string Name, Gen<JsonNode?> Value)[] members) => members.Aggregate(
        Gen.Fresh(() => (JsonNode?)new JsonObject()),
        (all, member) =>
            from node in all
            from usual in member.Value
            from odd in Odd
            from luck in Gen.Choose(0, 9)
            select Add(node!, member.Name, luck switch
            {
                0 => null,
                1 => odd,
                _ => usual,
            }));

    private static JsonNode Add(JsonNode node, string name, JsonNode? value)
    {
        node[name] = value?.DeepClone();
        return node;
    }
}
