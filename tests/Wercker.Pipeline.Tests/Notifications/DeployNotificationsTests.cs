using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Notifications;
using Wercker.Pipeline.Tests.Reports;

namespace Wercker.Pipeline.Tests.Notifications;

public sealed class DeployNotificationsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [TestCase(false, new[] { DeployEventKind.DeploymentFinished })]
    [TestCase(true, new[] { DeployEventKind.DeploymentStarted, DeployEventKind.DeploymentFinished })]
    public async Task Watch_ADeployment_TellsItsEndAndOnDemandItsStart(bool tellsStart, DeployEventKind[] expected)
    {
        var told = new Listener();
        await using (var notifications = new DeployNotifications([told]) { TellsStart = tellsStart })
        {
            await PlayAsync(notifications, ReportSamples.Failed());
        }

        Assert.That(told.Heard.Select(one => one.Kind), Is.EqualTo(expected));
        Assert.That(told.Heard[^1].Report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(told.Heard.Select(one => one.Id), Is.Unique);
    }

    [Test]
    public async Task Watch_SlowListener_SlowsNeitherTheDeploymentNorTheOthers()
    {
        var clock = new FakeTimeProvider();
        var slow = new Listener { Until = new TaskCompletionSource() };
        var fast = new Listener();
        var notifications = new DeployNotifications([slow, fast], timeProvider: clock);

        await PlayAsync(notifications, ReportSamples.Failed());
        await fast.First.WaitAsync(Long);
        var closed = notifications.DisposeAsync().AsTask();
        Assert.That(closed.IsCompleted, Is.False, "it waits for the slow one");
        clock.Advance(notifications.Patience);
        await closed.WaitAsync(Long);

        Assert.That(slow.Canceled, "and gives it up when its patience is over");
        Assert.That(fast.Heard, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Watch_ListenerThatFails_StillHearsOfTheNextDeployment()
    {
        var told = new Listener { Fails = 1 };
        await using (var notifications = new DeployNotifications([told]))
        {
            await PlayAsync(notifications, ReportSamples.Failed("r1"));
            await PlayAsync(notifications, ReportSamples.Failed("r2"));
        }

        Assert.That(told.Heard.Select(one => one.Report.Id), Is.EqualTo(new[] { "r2" }));
    }

    [Test]
    public async Task Watch_ResumedDeployment_TellsTheWholeStoryWithTheSameId()
    {
        var whole = new Listener();
        await using (var notifications = new DeployNotifications([whole]))
        {
            await PlayAsync(notifications, ReportSamples.Failed());
        }

        var events = ReportSamples.Failed();
        var resumed = new Listener();
        var blind = new Listener();
        await using (var notifications = new DeployNotifications([resumed]))
        await using (var without = new DeployNotifications([blind]))
        {
            notifications.Resume(events[..4]);
            await PlayAsync(notifications, events[4..]);
            await PlayAsync(without, events[4..]);
        }

        Assert.That(resumed.Heard.Single().Id, Is.EqualTo(whole.Heard.Single().Id));
        Assert.That(resumed.Heard.Single().Report.Steps, Has.Count.EqualTo(whole.Heard.Single().Report.Steps.Count));
        Assert.That(blind.Heard, Is.Empty);
    }

    private static async Task PlayAsync(DeployNotifications notifications, IEnumerable<DeployEvent> events)
    {
        foreach (var deployEvent in events)
        {
            await notifications.OnEventAsync(deployEvent, default);
        }
    }

    private sealed class Listener : IDeployNotifier
    {
        private readonly TaskCompletionSource _first = new();

        public string Name => "a listener";

        public List<DeployNotification> Heard { get; } = [];

        public Task First => _first.Task;

        public TaskCompletionSource? Until { get; init; }

        public int Fails { get; set; }

        public bool Canceled { get; private set; }

        public async ValueTask NotifyAsync(DeployNotification notification, CancellationToken cancellationToken)
        {
            if (Until is { } until)
            {
                try
                {
                    await until.Task.WaitAsync(cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    Canceled = true;
                    throw;
                }
            }

            if (Fails-- > 0)
            {
                throw new HttpRequestException("down");
            }

            Heard.Add(notification);
            _first.TrySetResult();
        }
    }
}
