using System.Diagnostics;
using Wercker.Pipeline.Decisions;
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

    [Test]
    [CancelAfter(120_000)]
    public async Task AcquireAsync_TargetIsGivenBackUnlockedOrLeft_HearsOfItWithoutLooking(CancellationToken cancellationToken)
    {
        // On this clock the time for another look never comes.
        await using var waiter = new PostgreSqlStore(_connection, new StandingClock());
        await using var store = new PostgreSqlStore(_connection);
        for (var i = 0; i < 3; i++)
        {
            var lease = await store.AcquireAsync("t", Ask($"d{i}"), cancellationToken);
            using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var first = store.AcquireAsync("t", Ask("first", TimeSpan.FromHours(1)), impatient.Token).AsTask();
            await UntilWaitingAsync(1);
            var second = waiter.AcquireAsync("t", Ask("second", TimeSpan.FromHours(1)), cancellationToken).AsTask();
            await UntilWaitingAsync(2);

            await impatient.CancelAsync();
            Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());
            await (i == 0 ? lease.DisposeAsync().AsTask() : store.UnlockAsync("t", "it hangs", "ann", cancellationToken));

            await using var held = await second.WaitAsync(cancellationToken);
            await lease.DisposeAsync();
        }
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task AcquireAsync_ConnectionThatListensIsCut_GetsTheTargetAllTheSame(CancellationToken cancellationToken)
    {
        await using var store = new PostgreSqlStore(_connection);
        var lease = await store.AcquireAsync("t", Ask("d1"), cancellationToken);
        var waiting = store.AcquireAsync("t", Ask("d2", TimeSpan.FromHours(1)), cancellationToken).AsTask();
        await UntilWaitingAsync(1);

        await QueryAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where query = 'listen wercker'");
        await lease.DisposeAsync();

        await using var next = await waiting.WaitAsync(cancellationToken);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task DecideAsync_AnswerOfAnotherMachine_HearsOfItWithoutLooking(CancellationToken cancellationToken)
    {
        await using var waiter = new PostgreSqlStore(_connection, new StandingClock());
        await using var other = new PostgreSqlStore(_connection);
        await other.AppendAsync(Started("d1"), cancellationToken);
        var question = new DecisionRequest
        {
            Id = "d1-1",
            DeploymentId = "d1",
            Step = "Push",
            Question = "What now?",
            Choices = [DecisionChoice.Retry],
            Default = DecisionChoice.Fail,
            AskedAt = Noon,
            Due = Noon.AddHours(1),
        };
        var waiting = waiter.DecideAsync(question, cancellationToken).AsTask();
        Assert.That(() => QueryAsync("select count(*) from pg_stat_activity where query = 'listen wercker'").GetAwaiter().GetResult(), Is.Not.EqualTo("0").After(20_000, 20));

        await other.AnswerAsync(question, new Decision(DecisionChoice.Retry, "ann"), cancellationToken);

        Assert.That((await waiting.WaitAsync(cancellationToken)).By, Is.EqualTo("ann"));
    }

    private async Task UntilWaitingAsync(int count)
    {
        while (await QueryAsync("select count(*) from wercker_waiter") != $"{count}")
        {
            await Task.Delay(20);
        }
    }

    /// <summary>A clock on which no time passes.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer();

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private static LeaseRequest Ask(string deployment, TimeSpan wait = default) => new(deployment, "ann", wait);

    private Task<string?> QueryAsync(string sql) => Server.QueryAsync(_connection, sql);
}
