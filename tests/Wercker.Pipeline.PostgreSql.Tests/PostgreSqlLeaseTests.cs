using System.Diagnostics;
using Wercker.Pipeline.Locks;
using static Wercker.Pipeline.PostgreSql.Tests.Events;

namespace Wercker.Pipeline.PostgreSql.Tests;

public sealed class PostgreSqlLeaseTests
{
    private string _connection = string.Empty;

    [SetUp]
    public async Task MakeSchema() => _connection = await Server.MakeSchemaAsync();

    [Test]
    public async Task AcquireAsync_LeaseIsOverByTheServersClock_NextOneGetsItAndTheLateOneIsFencedOff()
    {
        await using var late = new PostgreSqlStore(_connection);
        await using var store = new PostgreSqlStore(_connection);
        await using var lease = await late.AcquireAsync("t", Ask("d1"), default);
        await late.AppendAsync(Started("d1"), default);
        Assert.That(async () => await store.AcquireAsync("t", Ask("d2"), default), Throws.TypeOf<DeploymentLockedException>().With.Message.Contains("d1 (ann)"));
        await QueryAsync("update wercker_lease set expires = clock_timestamp() - interval '1 second'");

        await using var next = await store.AcquireAsync("t", Ask("d2"), default);

        Assert.That(next.FencingToken, Is.GreaterThan(lease.FencingToken));
        var refusal = await Assert.ThrowsAsync<DeploymentLockedException>(async () => await late.AppendAsync(Warning("d1", 2, "late"), default));
        Assert.That(refusal!.Message, Does.Contain("does not hold target 't' any more").And.Contain("event 2"));
        Assert.That(await ReadAsync(store, "d1"), Has.Count.EqualTo(1), "the fence stands in the transaction of the event");
        Assert.That(await lease.CheckAsync(default), Is.False);
        Assert.That(lease.Lost.IsCancellationRequested);
        await lease.DisposeAsync();
        Assert.That(await next.CheckAsync(default), Is.True, "and gives nothing back that is not its own");
    }

    [Test]
    public async Task CheckAsync_OverButNotTaken_IsStillItsOwnAndLastsAgain()
    {
        await using var store = new PostgreSqlStore(_connection);
        await using var lease = await store.AcquireAsync("t", Ask("d1"), default);
        await QueryAsync("update wercker_lease set expires = clock_timestamp() - interval '1 hour'");

        Assert.That(await lease.CheckAsync(default), Is.True);
        Assert.That((await store.FindLeaseAsync("t", default))!.IsOrphaned, Is.False);
    }

    [Test]
    public async Task AcquireAsync_OwnersProcessHasEnded_GetsTheTargetAtOnce()
    {
        await using var store = new PostgreSqlStore(_connection);
        await using var lease = await store.AcquireAsync("t", Ask("d1"), default);
        using var ended = Process.Start("true");
        await ended.WaitForExitAsync();
        await QueryAsync($"update wercker_lease set process = substr(process, 1, strpos(process, ']')) || '/{ended.Id}:1'");
        Assert.That((await store.FindLeaseAsync("t", default))!.IsOrphaned, Is.True);

        await using var next = await store.AcquireAsync("t", Ask("d2"), default);

        Assert.That(await lease.CheckAsync(default), Is.False);
    }

    [Test]
    public async Task AcquireAsync_SeveralWait_AreServedInTheirOrderAndToldTheirPlace()
    {
        await using var store = new PostgreSqlStore(_connection);
        var first = await store.AcquireAsync("t", Ask("d0"), default);
        var order = new List<string>();
        var waiting = new List<Task>();
        for (var i = 1; i <= 3; i++)
        {
            var id = $"d{i}";
            waiting.Add(Task.Run(async () =>
            {
                await using var lease = await store.AcquireAsync("t", Ask(id, TimeSpan.FromSeconds(60)), default);
                lock (order)
                {
                    order.Add(id);
                }
            }));
            Assert.That(() => QueryAsync("select count(*) from wercker_waiter").GetAwaiter().GetResult(), Is.EqualTo($"{i}").After(20_000, 20));
        }

        Assert.That(
            async () => await store.AcquireAsync("t", Ask("d4", TimeSpan.FromMilliseconds(1)), default),
            Throws.TypeOf<DeploymentLockedException>().With.Message.Contains("d0").And.Message.Contains("with 3 waiting before this one"));
        await first.DisposeAsync();
        await Task.WhenAll(waiting);

        Assert.That(order, Is.EqualTo(new[] { "d1", "d2", "d3" }));
        Assert.That(await QueryAsync("select count(*) from wercker_waiter"), Is.EqualTo("0"));
    }

    private static LeaseRequest Ask(string deployment, TimeSpan wait = default) => new(deployment, "ann", wait);

    private Task<string?> QueryAsync(string sql) => Server.QueryAsync(_connection, sql);
}
