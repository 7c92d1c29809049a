using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Notifications;

/// <summary>Watches deployments and tells notifiers of their start, of decisions that they wait for, and of their end.</summary>
/// <remarks>
/// Every notifier has a queue and a task of its own: a slow one slows neither the deployment nor the others. Dispose it when the deployments are over: that waits for
/// what is on its way, up to <see cref="Patience"/>.
/// </remarks>
public sealed partial class DeployNotifications : IDeployObserver, IAsyncDisposable
{
    // Three notifications a deployment, more with questions: who has not taken so many in a row takes none.
    private const int QueueLength = 1_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<DeployEvent>> _stories = new(StringComparer.Ordinal);
    private readonly List<(IDeployNotifier Notifier, Channel<DeployNotification> Queue, Task Delivery)> _receivers = [];
    private readonly CancellationTokenSource _over = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;

    /// <summary>Begins to wait for events.</summary>
    /// <param name="notifiers">Who is told.</param>
    /// <param name="logger">Takes what could not be delivered; nobody by default.</param>
    /// <param name="timeProvider">The clock of <see cref="Patience"/>; the system's by default.</param>
    public DeployNotifications(IEnumerable<IDeployNotifier> notifiers, ILogger<DeployNotifications>? logger = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(notifiers);
        _logger = logger ?? NullLogger<DeployNotifications>.Instance;
        _clock = timeProvider ?? TimeProvider.System;
        foreach (var notifier in notifiers)
        {
            var queue = Channel.CreateBounded<DeployNotification>(new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
            _receivers.Add((notifier, queue, DeliverAsync(notifier, queue.Reader)));
        }
    }

    /// <summary>True to tell of the start, too. Default: false; the end and questions are always told.</summary>
    public bool TellsStart { get; init; }

    /// <summary>How long disposing waits for what is on its way. Default: 15 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Posts the notification with its report, signed as decisions are: the header X-Wercker-Signature carries "sha256=" and the HMAC-SHA256 of the body in hexadecimal digits.</summary>
    /// <remarks>The body: <c>id</c>, <c>kind</c> ("deploymentStarted", "decisionRequested" or "deploymentFinished"), <c>sentence</c>, and <c>report</c> as report.json has it.</remarks>
    /// <param name="http">The client; the caller disposes it.</param>
    /// <param name="url">Where to post.</param>
    /// <param name="secret">What both sides know, 16 characters at least.</param>
    /// <param name="timeProvider">The clock of the pauses; the system's by default.</param>
    /// <returns>The notifier.</returns>
    /// <exception cref="ConfigurationException">The address is not http or https, or the secret is too short.</exception>
    public static IDeployNotifier Webhook(HttpClient http, Uri url, Secret secret, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(secret);
        return new WebhookNotifier(http, "the webhook", new Secret(url.ToString()), secret, NotificationBody.Own, timeProvider);
    }

    /// <summary>Posts a message to an incoming webhook of Slack, or of what understands its bodies (Mattermost, Rocket.Chat, Discord with /slack): blocks, with a text for notifications.</summary>
    /// <param name="http">The client; the caller disposes it.</param>
    /// <param name="url">The address of the webhook.</param>
    /// <param name="timeProvider">The clock of the pauses; the system's by default.</param>
    /// <returns>The notifier.</returns>
    /// <exception cref="ConfigurationException">The address is not http or https.</exception>
    public static IDeployNotifier Slack(HttpClient http, Secret url, TimeProvider? timeProvider = null) => new WebhookNotifier(http, "Slack", url, null, NotificationBody.Slack, timeProvider);

    /// <summary>Posts an Adaptive Card (version 1.4) to a webhook of Microsoft Teams, as its Workflows app makes them.</summary>
    /// <param name="http">The client; the caller disposes it.</param>
    /// <param name="url">The address of the webhook.</param>
    /// <param name="timeProvider">The clock of the pauses; the system's by default.</param>
    /// <returns>The notifier.</returns>
    /// <exception cref="ConfigurationException">The address is not http or https.</exception>
    public static IDeployNotifier Teams(HttpClient http, Secret url, TimeProvider? timeProvider = null) => new WebhookNotifier(http, "Teams", url, null, NotificationBody.Teams, timeProvider);

    /// <summary>Gives what happened before a deployment is resumed: without it, nothing is told of a deployment whose start was not seen.</summary>
    /// <param name="events">The events of the journal.</param>
    public void Resume(IEnumerable<DeployEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        DeployEvent[] earlier = [.. events];
        if (earlier.Length > 0)
        {
            lock (_gate)
            {
                _stories[earlier[0].DeploymentId] = [.. earlier];
            }
        }
    }

    /// <inheritdoc />
    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(deployEvent);
        if (_receivers.Count > 0 && Tell(deployEvent) is { } notification)
        {
            foreach (var (notifier, queue, _) in _receivers)
            {
                if (!queue.Writer.TryWrite(notification))
                {
                    LogLost(notifier.Name, notification.Id, "too many wait already");
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for what is on its way, and gives the rest up when <see cref="Patience"/> is over.</summary>
    /// <returns>When nothing is on its way any more.</returns>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, queue, _) in _receivers)
        {
            queue.Writer.TryComplete();
        }

        var all = Task.WhenAll(_receivers.Select(one => one.Delivery));
        if (await Task.WhenAny(all, Task.Delay(Patience, _clock, CancellationToken.None)).ConfigureAwait(false) != all)
        {
            await _over.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(false);
        }

        _over.Dispose();
    }

    private DeployNotification? Tell(DeployEvent deployEvent)
    {
        List<DeployEvent>? story;
        lock (_gate)
        {
            if (deployEvent.Kind == DeployEventKind.DeploymentStarted)
            {
                _stories[deployEvent.DeploymentId] = [];
            }

            if (!_stories.TryGetValue(deployEvent.DeploymentId, out story))
            {
                return null;
            }

            if (deployEvent.Kind == DeployEventKind.DeploymentFinished)
            {
                _stories.Remove(deployEvent.DeploymentId);
            }
        }

        // The events of one deployment come one at a time.
        story.Add(deployEvent);
        return deployEvent.Kind is DeployEventKind.DeploymentFinished or DeployEventKind.DecisionRequested || (deployEvent.Kind == DeployEventKind.DeploymentStarted && TellsStart)
            ? new DeployNotification($"{deployEvent.DeploymentId}-{deployEvent.Sequence}", deployEvent.Kind, DeployReport.FromEvents(story), deployEvent.Question)
            : null;
    }

    private async Task DeliverAsync(IDeployNotifier notifier, ChannelReader<DeployNotification> queue)
    {
        await foreach (var notification in queue.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                await notifier.NotifyAsync(notification, _over.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogLost(notifier.Name, notification.Id, _over.IsCancellationRequested ? $"it took longer than {DurationText.Of(Patience)}" : e.Message);
            }
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Notifier} was not told of {Notification}: {Reason}")]
    private partial void LogLost(string notifier, string notification, string reason);
}
