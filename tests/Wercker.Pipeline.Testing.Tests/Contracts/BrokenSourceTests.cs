using System.Runtime.CompilerServices;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Testing.Tests.Contracts;

public class BrokenSourceTests
{
    private static IEnumerable<TestCaseData> LogDefects =>
    [
        LogDefect("The source has a name", name: " "),
        LogDefect("An empty log", read: (query, entries) => entries.DefaultIfEmpty(new LogEntry(query.From, "nothing found"))),
        LogDefect("An empty query", read: (_, entries) => entries.Take(2)),
        LogDefect("An empty query", read: (_, entries) => entries.Reverse()),
        LogDefect("The window's start", read: (query, entries) => entries.Where(entry => entry.At > query.From)),
        LogDefect("The window's start", ask: query => query with { Until = query.Until.AddSeconds(1) }),
        LogDefect("An entry comes", read: (_, entries) => entries.Select(entry => entry with { Message = entry.Message.Replace("🚀", "?", StringComparison.Ordinal) })),
        LogDefect("An entry comes", read: (_, entries) => entries.Select(entry => entry with { At = entry.At.AddHours(1) })),
        LogDefect("A log can be read twice", once: true),
        LogDefect("Reading can be canceled", honorsTokens: false),
        LogDefect("A source that cannot see", hidesFailure: true),
    ];

    private static IEnumerable<TestCaseData> MetricDefects =>
    [
        MetricDefect("The source has a name", name: ""),
        MetricDefect("The points come", change: (_, series) => [.. series.Select(one => one with { Points = [.. one.Points.Reverse()] })]),
        MetricDefect("The points come", change: (_, series) => [.. series.Select(one => one with { Points = [.. one.Points.Select(point => point with { Value = (int?)point.Value })] })]),
        MetricDefect("The window's start", ask: query => query with { From = query.From.AddSeconds(1) }),
        MetricDefect("The window's start", ask: query => query with { Until = query.Until.AddSeconds(1) }),
        MetricDefect("A gap is never", change: (_, series) => [.. series.Select(one => one with { Points = [.. one.Points.Select(point => point with { Value = point.Value ?? 0 })] })]),
        MetricDefect("What matches nothing", change: (query, series) => series.Count > 0 ? series : [new MetricSeries(query.Text, [])]),
        MetricDefect("Asking can be canceled", honorsTokens: false),
        MetricDefect("A source that cannot see", hidesFailure: true),
    ];

    [TestCaseSource(nameof(LogDefects))]
    public void LogSourceContract_BrokenSource_IsCaughtByTheRuleForIt(string rule, Func<FakeLogSource, ILogSource> breakIt)
    {
        var kit = new LogSourceContract(
            (entries, _) => ValueTask.FromResult(breakIt(new FakeLogSource().Add(entries))),
            _ => ValueTask.FromResult(breakIt(new FakeLogSource { Failure = new HttpRequestException("401") })));
        ExpectCaught(kit.Rules, rule);
    }

    [TestCaseSource(nameof(MetricDefects))]
    public void MetricSourceContract_BrokenSource_IsCaughtByTheRuleForIt(string rule, Func<FakeMetricSource, IMetricSource> breakIt)
    {
        var kit = new MetricSourceContract(
            (series, _) => ValueTask.FromResult(breakIt(series.Aggregate(new FakeMetricSource(), (source, one) => source.Set(one.Name, one)))),
            _ => ValueTask.FromResult(breakIt(new FakeMetricSource { Failure = new HttpRequestException("401") })));
        ExpectCaught(kit.Rules, rule);
    }

    private static void ExpectCaught(IEnumerable<ContractRule> rules, string name) => Assert.That(
        () => rules.Single(rule => rule.Name.StartsWith(name, StringComparison.Ordinal)).VerifyAsync(CancellationToken.None),
        Throws.TypeOf<ContractViolationException>());

    private static TestCaseData LogDefect(
        string rule,
        string name = "log",
        Func<SourceQuery, SourceQuery>? ask = null,
        Func<SourceQuery, IEnumerable<LogEntry>, IEnumerable<LogEntry>>? read = null,
        bool once = false,
        bool honorsTokens = true,
        bool hidesFailure = false,
        [CallerLineNumber] int line = 0) => new TestCaseData(
            rule,
            (FakeLogSource good) => (ILogSource)new BrokenLog(good, name, ask ?? (query => query), (query, entries) =>
            {
                var asked = good.Queries.Count;
                return once && asked > 1 ? [] : (read ?? ((_, all) => all))(query, entries);
            })
            { HonorsTokens = honorsTokens, HidesFailure = hidesFailure }).SetArgDisplayNames($"{rule}, line {line}");

    private static TestCaseData MetricDefect(
        string rule,
        string name = "metrics",
        Func<SourceQuery, SourceQuery>? ask = null,
        Func<SourceQuery, IReadOnlyList<MetricSeries>, IReadOnlyList<MetricSeries>>? change = null,
        bool honorsTokens = true,
        bool hidesFailure = false,
        [CallerLineNumber] int line = 0) => new TestCaseData(
            rule,
            (FakeMetricSource good) => (IMetricSource)new BrokenMetrics(good, name, ask ?? (query => query), change ?? ((_, series) => series))
            { HonorsTokens = honorsTokens, HidesFailure = hidesFailure }).SetArgDisplayNames($"{rule}, line {line}");

    private sealed class BrokenLog(
        FakeLogSource good, string name, Func<SourceQuery, SourceQuery> ask, Func<SourceQuery, IEnumerable<LogEntry>, IEnumerable<LogEntry>> read) : ILogSource
    {
        public bool HonorsTokens { get; init; }

        public bool HidesFailure { get; init; }

        public string Name => name;

        public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            if (HidesFailure)
            {
                good.Failure = null;
            }

            var entries = new List<LogEntry>();
            await foreach (var entry in good.ReadAsync(ask(query), HonorsTokens ? cancellationToken : CancellationToken.None))
            {
                entries.Add(entry);
            }

            foreach (var entry in read(query, entries))
            {
                yield return entry;
            }
        }
    }

    private sealed class BrokenMetrics(
        FakeMetricSource good, string name, Func<SourceQuery, SourceQuery> ask, Func<SourceQuery, IReadOnlyList<MetricSeries>, IReadOnlyList<MetricSeries>> change) : IMetricSource
    {
        public bool HonorsTokens { get; init; }

        public bool HidesFailure { get; init; }

        public string Name => name;

        public async ValueTask<IReadOnlyList<MetricSeries>> QueryAsync(SourceQuery query, CancellationToken cancellationToken)
        {
            if (HidesFailure)
            {
                good.Failure = null;
            }

            return change(query, await good.QueryAsync(ask(query), HonorsTokens ? cancellationToken : CancellationToken.None));
        }
    }
}
