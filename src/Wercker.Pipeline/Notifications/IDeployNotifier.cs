namespace Wercker.Pipeline.Notifications;

/// <summary>Tells people or systems what becomes of deployments: a chat, a mailbox, a service of your own.</summary>
/// <remarks>It is called beside the deployment and never slows or changes it: <see cref="DeployNotifications"/> sees to that.</remarks>
public interface IDeployNotifier
{
    /// <summary>Who is told, for messages about what could not be delivered: "Slack". Never an address that is a secret.</summary>
    string Name { get; }

    /// <summary>Delivers a notification, and tries again itself where that helps.</summary>
    /// <param name="notification">What happened.</param>
    /// <param name="cancellationToken">Canceled when nobody waits for it any more.</param>
    /// <returns>When it is delivered. An exception is logged, and the notification is lost.</returns>
    ValueTask NotifyAsync(DeployNotification notification, CancellationToken cancellationToken);
}
