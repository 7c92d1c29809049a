using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteLeaseTests : IDisposable
{
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task AcquireAsync_OwnersProcessHasEnded_GetsTheTargetAtOnce()
    {
        await using var store = new SqliteStore(_file.Path);
        await using var lease = await store.AcquireAsync("t", Ask("d1"), default);
        using var ended = Process.Start("true");
        await ended.WaitForExitAsync();
        Change($"update lease set process = substr(process, 1, instr(process, ']')) || '/{ended.Id}:1'");
        Assert.That((await store.FindLeaseAsync("t", default))!.IsOrphaned, Is.True);

        await using var next = await store.AcquireAsync("t", Ask("d2"), default);

        Assert.That(next.FencingToken, Is.GreaterThan(lease.FencingToken));
        Assert.That(await lease.CheckAsync(default), Is.False, "who comes back is fenced off");
        Assert.That(lease.Lost.IsCancellationRequested);
        await lease.DisposeAsync();
        Assert.That(await next.CheckAsync(default), Is.True, "and gives nothing back that is not its own");
    }

    [Test]
    public async Task AcquireAsync_OwnerShowsNoLife_GetsTheTargetAfterTheDurationByItsOwnClock()
    {
        var frozen = new FakeTimeProvider();
        var clock = new FakeTimeProvider();
        await using var paused = new SqliteStore(_file.Path, frozen);
        await using var store = new SqliteStore(_file.Path, clock);
        await using var lease = await paused.AcquireAsync("t", Ask("d1"), default);

        // A clock that jumps by a year decides nothing: what counts is how long the waiter itself has waited.
        clock.SetUtcNow(clock.GetUtcNow().AddYears(1));
        Assert.That(async () => await store.AcquireAsync("t", Ask("d2"), default), Throws.TypeOf<DeploymentLockedException>().With.Message.Contains("d1"));
        var waiting = store.AcquireAsync("t", Ask("d2", TimeSpan.FromMinutes(5)), default).AsTask();
        var waited = await PassAsync(clock, waiting);
        await using var next = await waiting;

        Assert.That(waited, Is.GreaterThan(store.LeaseDuration));
        Assert.That(await lease.CheckAsync(default), Is.False);
    }

    [Test]
    public async Task AcquireAsync_OwnerIsAlive_WaitsHoweverLong()
    {
        var clock = new FakeTimeProvider();
        await using var store = new SqliteStore(_file.Path, clock);
        await using var lease = await store.AcquireAsync("t", Ask("d1"), default);

        var waiting = store.AcquireAsync("t", Ask("d2", TimeSpan.FromMinutes(2)), default).AsTask();
        for (var i = 0; i < 30; i++)
        {
            await lease.CheckAsync(default);
            clock.Advance(TimeSpan.FromSeconds(4));
        }

        await PassAsync(clock, waiting);
        Assert.That(() => waiting, Throws.TypeOf<DeploymentLockedException>());
        Assert.That(await lease.CheckAsync(default), Is.True);
    }

    [Test]
    public async Task AcquireAsync_SeveralWait_AreServedInTheirOrder()
    {
        await using var store = new SqliteStore(_file.Path);
        var first = await store.AcquireAsync("t", Ask("d0"), default);
        var order = new List<string>();
        var waiting = new List<Task>();
        for (var i = 1; i <= 3; i++)
        {
            var id = $"d{i}";
            waiting.Add(Task.Run(async () =>
            {
                await using var lease = await store.AcquireAsync("t", Ask(id, TimeSpan.FromSeconds(30)), default);
                lock (order)
                {
                    order.Add(id);
                }
            }));
            Assert.That(() => Query("select count(*) from waiter"), Is.EqualTo($"{i}").After(10_000, 20));
        }

        await first.DisposeAsync();
        await Task.WhenAll(waiting);

        Assert.That(order, Is.EqualTo(new[] { "d1", "d2", "d3" }));
        Assert.That(Query("select count(*) from waiter"), Is.EqualTo("0"));
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task UnlockAsync_AnotherStoreWritesWithoutAPause_GetsItsTurn(CancellationToken cancellationToken)
    {
        await using var store = new SqliteStore(_file.Path);
        await using var busy = new SqliteStore(_file.Path);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var writing = Task.WhenAll(Enumerable.Range(1, 16).Select(deployment => Task.Run(async () =>
        {
            for (var i = 1; !stop.IsCancellationRequested; i++)
            {
                await busy.AppendAsync(new DeployEvent { DeploymentId = $"d{deployment}", Sequence = i, At = DateTimeOffset.UnixEpoch, Kind = DeployEventKind.Warning }, CancellationToken.None);
            }
        })));

        var longest = TimeSpan.Zero;
        for (var i = 0; i < 5; i++)
        {
            await using var lease = await busy.AcquireAsync("t", Ask($"d{i}"), cancellationToken);
            var started = Stopwatch.GetTimestamp();
            Assert.That((await store.UnlockAsync("t", "it hangs", "ann", cancellationToken))?.DeploymentId, Is.EqualTo($"d{i}"));
            longest = Stopwatch.GetElapsedTime(started) is var time && time > longest ? time : longest;
        }

        await stop.CancelAsync();
        await writing;
        TestContext.Out.WriteLine($"The longest wait for the file was {longest.TotalMilliseconds:0} ms.");
    }

    private static LeaseRequest Ask(string deployment, TimeSpan wait = default) => new(deployment, "ann", wait);

    /// <summary>Lets time pass until a task has ended; how much.</summary>
    private static async Task<TimeSpan> PassAsync(FakeTimeProvider clock, Task task)
    {
        var started = clock.GetTimestamp();
        var patience = Stopwatch.StartNew();
        while (!task.IsCompleted && patience.Elapsed < TimeSpan.FromSeconds(60))
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(task, Task.Delay(2));
        }

        return clock.GetElapsedTime(started);
    }

    private void Change(string sql) => Query(sql);

    private string? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_file.Path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
