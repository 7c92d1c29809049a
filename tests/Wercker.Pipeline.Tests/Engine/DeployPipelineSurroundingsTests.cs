using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class DeployPipelineSurroundingsTests
{
    private readonly StepTrace _trace = new();

    private static readonly DeployRequest Request = new("shop", "a1b2c3d");

    private static DeployPipelineBuilder Builder(PipelineServices? services = null) => new("shop", services);

    [Test]
    public void Build_Misuse_IsRefusedWithWords()
    {
        Assert.That(() => Builder().AddStep("a", _trace.Step("a")).AddStep("a", _trace.Step("a")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("two steps named 'a'"));
        Assert.That(() => Builder().AddStep(" ", _trace.Step("a")), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => Builder().AddStep("a/b", _trace.Step("a")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("AddStage"));
        Assert.That(() => Builder().AddStep("a", _trace.Step("a"), o => o.Timeout = TimeSpan.Zero), Throws.TypeOf<ConfigurationException>().With.Message.Contains("timeout"));
        Assert.That(() => Builder().Build(), Throws.TypeOf<ConfigurationException>().With.Message.Contains("no steps"));
        var built = Builder().AddStep("a", _trace.Step("a"));
        built.Build();
        Assert.That(() => built.AddStep("b", _trace.Step("b")), Throws.InvalidOperationException.With.Message.Contains("too late"));
    }

    [Test]
    public void DeployAsync_VariableMissing_StartsNothing()
    {
        var pipeline = Builder().RequireVariable("API_KEY").AddStep("a", _trace.Step("a")).Build();

        Assert.That(() => pipeline.DeployAsync(Request), Throws.TypeOf<ConfigurationException>().With.Message.Contains("API_KEY"));
        Assert.That(pipeline.Plan(Request).MissingVariables, Is.EqualTo(new[] { "API_KEY" }));
        Assert.That(_trace.Names, Is.Empty);
    }

    [Test]
    public void DeployAsync_JournalBreaks_StartsNothingMoreAndPutsTheTargetBack()
    {
        var pipeline = Builder(new PipelineServices { Journal = new BreakingJournal(failOn: "b") })
            .AddStep("a", _trace.Reversible("a")).AddStep("b", _trace.Reversible("b")).AddStep("c", _trace.Reversible("c")).Build();

        Assert.That(() => pipeline.DeployAsync(Request), Throws.TypeOf<IOException>());
        Assert.That(_trace.Names, Is.EqualTo(new[] { "a", "undo a" }));
    }

    private sealed class BreakingJournal(string failOn) : IDeploymentJournal
    {
        public ValueTask AppendAsync(DeployEvent deployEvent, CancellationToken cancellationToken) =>
            deployEvent.Step == failOn ? throw new IOException("disk full") : default;

        public IAsyncEnumerable<DeployEvent> ReadAsync(string deploymentId, CancellationToken cancellationToken) => AsyncEnumerable.Empty<DeployEvent>();

        public IAsyncEnumerable<string> ListAsync(CancellationToken cancellationToken) => AsyncEnumerable.Empty<string>();
    }

    [Test]
    public async Task DeployAsync_ObserverThrows_ChangesNothing()
    {
        var report = await Builder(new PipelineServices { Observers = [new Broken()] }).AddStep("a", _trace.Step("a")).Build().DeployAsync(Request);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
    }

    private sealed class Broken : IDeployObserver
    {
        public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken) => throw new IOException("no");
    }

    [Test]
    public async Task DeployAsync_JournalHoldsTheWholeReport()
    {
        var services = new PipelineServices();
        var report = await Builder(services).AddStep("a", _trace.Step("a")).AddStep("b", _trace.Reversible("b", StepResult.Failed("x", new Evidence("text", "t") { Text = "seen" }))).Build().DeployAsync(Request);

        var events = new List<DeployEvent>();
        await foreach (var e in services.Journal.ReadAsync(report.Id, default))
        {
            events.Add(e);
        }

        Assert.That(events.Select(e => e.Sequence), Is.EqualTo(Enumerable.Range(1, events.Count).Select(i => (long)i)));
        var again = DeployReport.FromEvents(events);
        Assert.That(again.Summary, Is.EqualTo(report.Summary));
        Assert.That(again.Steps.Select(s => (s.Name, s.Status, s.Message)), Is.EqualTo(report.Steps.Select(s => (s.Name, s.Status, s.Message))));
    }
}
