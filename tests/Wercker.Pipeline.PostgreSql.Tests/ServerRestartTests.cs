using System.Collections.Concurrent;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Tests.Servers;
using static Wercker.Pipeline.PostgreSql.Tests.Events;

namespace Wercker.Pipeline.PostgreSql.Tests;

/// <summary>With a server of their own, which they stop and start.</summary>
public sealed class ServerRestartTests
{
    private PostgreSqlServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await PostgreSqlServer.StartAsync();

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task DeployAsync_ServerIsRestartedInTheMiddle_GoesOnAndKeepsItsTarget()
    {
        await using var store = new PostgreSqlStore(_server.Connection);
        var pipeline = Pipeline(store, async () => await _server.RestartAsync(), _ => { });

        var report = await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d"));

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        var events = await ReadAsync(store, report.Id);
        Assert.That(events.Select(e => e.Sequence), Is.EqualTo(Enumerable.Range(1, events.Count)));
        Assert.That(await store.FindLeaseAsync("production", default), Is.Null);
    }

    [Test]
    public async Task DeployAsync_ServerStaysAway_PutsTheTargetBackSaysWhyAndCanBeResumed()
    {
        var undone = new ConcurrentQueue<string>();
        DeployPipeline pipeline;
        await using (var store = new PostgreSqlStore(_server.Connection) { LeaseDuration = TimeSpan.FromSeconds(12) })
        {
            pipeline = Pipeline(store, async () => await _server.StopAsync(), undone.Enqueue);

            var error = await Assert.ThrowsAsync<IOException>(async () => await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d") { Id = "d1" }));

            Assert.That(error!.Message, Does.Contain("was away for more than 6 seconds").And.Contain("127.0.0.1").And.Not.Contain(PostgreSqlServer.Password));
            Assert.That(undone, Is.EqualTo(new[] { "Switch" }), "while the lease was still its own");
        }

        await _server.GoOnAsync();
        await using var later = new PostgreSqlStore(_server.Connection) { LeaseDuration = TimeSpan.FromSeconds(12) };
        Assert.That((await later.SearchAsync(new() { Status = DeployStatus.Running }, default)).Single().Id, Is.EqualTo("d1"));
        await Server.QueryAsync(_server.Connection, "update wercker_lease set expires = clock_timestamp() - interval '1 second'");
        var report = await Pipeline(later, () => Task.CompletedTask, undone.Enqueue).UndoAsync("d1");

        Assert.That((report.Status, report.Restore), Is.EqualTo((DeployStatus.Canceled, RestoreStatus.Restored)));
    }

    [Test]
    public async Task AppendAsync_ServerIsRestartedAgainAndAgain_RecordsEveryEventOnce()
    {
        await using var store = new PostgreSqlStore(_server.Connection);
        const int Count = 150;
        await store.AppendAsync(Started("d0"), default);

        var writing = Task.WhenAll(Enumerable.Range(1, 8).Select(number => Task.Run(async () =>
        {
            await store.AppendAsync(Started($"d{number}"), default);
            for (var i = 2; i <= Count; i++)
            {
                await store.AppendAsync(Warning($"d{number}", i, $"event {i}"), default);
            }
        })));
        for (var i = 0; i < 3; i++)
        {
            await _server.RestartAsync();
        }

        await writing;
        for (var number = 1; number <= 8; number++)
        {
            Assert.That((await ReadAsync(store, $"d{number}")).Select(e => e.Sequence), Is.EqualTo(Enumerable.Range(1, Count)));
        }
    }

    private static DeployPipeline Pipeline(PostgreSqlStore store, Func<Task> during, Action<string> undo) =>
        new DeployPipelineBuilder("p", new PipelineServices { Journal = store, Lock = store })
            .UseTarget(new CustomTarget("production", []))
            .AddStep("Switch", new SwitchStep(undo))
            .AddStep("Server", async (_, _) =>
            {
                await during();
                return StepResult.Succeeded();
            })
            .AddStep("After", (_, _) => new(StepResult.Succeeded()))
            .Build();

    private sealed class SwitchStep(Action<string> undo) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Succeeded());

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            undo("Switch");
            return new(StepResult.Succeeded());
        }
    }
}
