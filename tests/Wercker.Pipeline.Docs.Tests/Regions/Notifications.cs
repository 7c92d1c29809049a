using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Mail;
using Wercker.Pipeline.Notifications;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Docs.Tests.Regions;

/// <summary>The code of docs/notifications.md.</summary>
internal static class Notifications
{
    public static async Task<PipelineServices> ObserveAsync(HttpClient http, Secret slack, Uri url, Secret shared, ILogger<DeployNotifications> logger)
    {
        // <observe>
        await using var told = new DeployNotifications([DeployNotifications.Slack(http, slack), DeployNotifications.Webhook(http, url, shared)], logger);
        var services = new PipelineServices { Observers = [told] };
        // </observe>
        return services;
    }

    public static IDeployNotifier Mail(Secret password)
    {
        // <mail>
        var mail = new MailNotifier(new MailNotifierOptions
        {
            Host = "smtp.example.org",
            User = "deploy",
            Password = password,
            From = "Deployments <deploy@example.org>",
            To = ["ops@example.org"],
        });
        // </mail>
        return mail;
    }
}
