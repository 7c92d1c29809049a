using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Testing.Tests.Contracts;

public class FakesKeepTheirContractsTests
{
    private static IEnumerable<ContractRule> JournalRules => new JournalContract(_ => ValueTask.FromResult<IDeploymentJournal>(new InMemoryJournal())).Rules;

    private static IEnumerable<ContractRule> LogRules => new LogSourceContract(
        (entries, _) => ValueTask.FromResult<ILogSource>(new FakeLogSource().Add(entries)),
        _ => ValueTask.FromResult<ILogSource>(new FakeLogSource { Failure = new HttpRequestException("401") })).Rules;

    private static IEnumerable<ContractRule> MetricRules => new MetricSourceContract(
        (series, _) =>
        {
            var source = new FakeMetricSource();
            foreach (var one in series)
            {
                source.Set(one.Name, one);
            }

            return ValueTask.FromResult<IMetricSource>(source);
        },
        _ => ValueTask.FromResult<IMetricSource>(new FakeMetricSource { Failure = new HttpRequestException("401") })).Rules;

    private static IEnumerable<ContractRule> TargetRules => new TargetContract(Target, OneStepDeployment.RunAsync).Rules;

    [TestCaseSource(nameof(JournalRules))]
    public Task InMemoryJournal_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [TestCaseSource(nameof(LogRules))]
    public Task FakeLogSource_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [TestCaseSource(nameof(MetricRules))]
    public Task FakeMetricSource_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [TestCaseSource(nameof(TargetRules))]
    public Task FakeTarget_EveryRule_Holds(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    [TestCase(TargetCapability.None, 2)]
    [TestCase(TargetCapability.Maintenance, 4)]
    public void TargetContract_TargetThatCanLess_HasFewerRules(TargetCapability capability, int rules) =>
        Assert.That(new TargetContract(() => Target().Only(capability), OneStepDeployment.RunAsync).Rules, Has.Count.EqualTo(rules));

    [Test]
    public void Rules_OfEveryKit_HaveNamesOfTheirOwn()
    {
        Assert.That(JournalRules.Select(rule => rule.ToString()), Is.Unique);
        Assert.That(LogRules.Select(rule => rule.ToString()), Is.Unique);
        Assert.That(MetricRules.Select(rule => rule.ToString()), Is.Unique);
        Assert.That(TargetRules.Select(rule => rule.ToString()), Is.Unique);
    }

    [Test]
    public void VerifyAllAsync_TwoRulesBroken_NamesBothAndRunsTheRest()
    {
        var ran = 0;
        ContractRule[] rules =
        [
            new("one", _ => throw new ContractViolationException("first")),
            new("two", _ => Task.FromException(new InvalidOperationException("second"))),
            new("three", _ => Task.FromResult(ran++)),
        ];
        Assert.That(() => rules.VerifyAllAsync(CancellationToken.None), Throws.TypeOf<ContractViolationException>().With.Message.Contains("- one: first").And.Message.Contains("- two: second"));
        Assert.That(ran, Is.EqualTo(1));
    }

    [Test]
    public void VerifyAllAsync_AllRulesHold_IsSilent() => Assert.That(() => JournalRules.VerifyAllAsync(CancellationToken.None), Throws.Nothing);

    private static FakeTarget Target()
    {
        var target = new FakeTarget("staging") { Variables = { ["APP_URL"] = "https://staging.example" } };
        target.AddRelease("first");
        target.Script.On("echo contract", new FakeReply { Output = "contract\n" }).On("exit 3", new FakeReply(3));
        return target;
    }
}
