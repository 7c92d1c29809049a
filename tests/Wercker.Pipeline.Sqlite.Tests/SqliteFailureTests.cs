using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Sqlite.Tests;

/// <summary>Another process that holds the file, and limits of the file system.</summary>
public sealed class SqliteFailureTests : IDisposable
{
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task DeployAsync_AnotherProcessWritesForTooLong_PutsTheTargetBackAndSaysWho()
    {
        await using var store = new SqliteStore(_file.Path) { BusyTimeout = TimeSpan.FromSeconds(1) };
        await using var other = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        var undone = new List<string>();
        var pipeline = new DeployPipelineBuilder("p", new PipelineServices { Journal = store, Lock = store })
            .UseTarget(new CustomTarget("production", []))
            .AddStep("Switch", new SwitchStep(undone))
            .AddStep("Hold", async (_, cancellationToken) =>
            {
                await other.OpenAsync(cancellationToken);
                await using var hold = other.CreateCommand();
                hold.CommandText = "begin immediate";
                await hold.ExecuteNonQueryAsync(cancellationToken);
                return StepResult.Succeeded();
            })
            .AddStep("After", (_, _) =>
            {
                undone.Add("not reached");
                return new(StepResult.Succeeded());
            })
            .Build();

        var error = await Assert.ThrowsAsync<IOException>(async () => await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d") { Id = "d1" }));
        await other.CloseAsync();

        Assert.That(error!.Message, Does.Contain(_file.Path).And.Contain("another process has been writing to it for 1 seconds"));
        Assert.That(undone, Is.EqualTo(new[] { "Switch" }));
        var interrupted = await store.SearchAsync(new() { Status = DeployStatus.Running }, default);
        Assert.That(interrupted.Select(entry => entry.Id), Is.EqualTo(new[] { "d1" }), "it can be resumed");
    }

    private sealed class SwitchStep(List<string> undone) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Succeeded());

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            undone.Add("Switch");
            return new(StepResult.Succeeded());
        }
    }
}
