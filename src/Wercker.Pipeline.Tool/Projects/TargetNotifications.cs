using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Mail;
using Wercker.Pipeline.Notifications;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Who is told of deployments: "notifications" of a target.</summary>
internal sealed class TargetNotifications : IDisposable
{
    private readonly Lazy<HttpClient> _http = new(() => new HttpClient { Timeout = TimeSpan.FromSeconds(10) });
    private readonly List<IDeployNotifier> _notifiers = [];
    private readonly bool _tellsStart;

    /// <summary>Reads the settings.</summary>
    /// <param name="target">The target.</param>
    /// <param name="lookup">Finds the secrets that the settings name.</param>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its place.</exception>
    public TargetNotifications(TargetSettings target, Func<string, string?> lookup)
    {
        var settings = new SettingsReader(target.Notifications ?? [], $"{target.Location}.notifications", lookup);
        settings.RefuseUnknown("start", "webhook", "slack", "teams", "mail");
        _tellsStart = settings.GetFlag("start");
        if (settings.GetSection("webhook") is { } webhook)
        {
            webhook.RefuseUnknown("url", "secret");
            _notifiers.Add(DeployNotifications.Webhook(
                _http.Value,
                webhook.GetUrl("url") ?? throw webhook.Fault("url", "is missing."),
                webhook.GetSecret("secret") ?? throw webhook.Fault("secret", "is missing: name an environment variable with the secret that both sides know.")));
        }

        if (settings.GetSecret("slack") is { } slack)
        {
            _notifiers.Add(DeployNotifications.Slack(_http.Value, slack));
        }

        if (settings.GetSecret("teams") is { } teams)
        {
            _notifiers.Add(DeployNotifications.Teams(_http.Value, teams));
        }

        if (settings.GetSection("mail") is { } mail)
        {
            _notifiers.Add(MailOf(mail));
        }
    }

    /// <summary>Begins to tell.</summary>
    /// <param name="warn">Is told what could not be delivered.</param>
    public DeployNotifications Open(Action<string> warn) => new(_notifiers, new Warnings(warn)) { TellsStart = _tellsStart };

    public void Dispose()
    {
        if (_http.IsValueCreated)
        {
            _http.Value.Dispose();
        }
    }

    private static MailNotifier MailOf(SettingsReader mail)
    {
        mail.RefuseUnknown("host", "port", "security", "user", "password", "from", "to", "attachReport");
        try
        {
            return new MailNotifier(new MailNotifierOptions
            {
                Host = mail.RequireText("host"),
                Port = mail.GetInteger("port", from: 1, to: 65535),
                Security = mail.GetChoice("security", MailSecurity.StartTls, ("starttls", MailSecurity.StartTls), ("tls", MailSecurity.Tls), ("none", MailSecurity.None)),
                User = mail.GetText("user"),
                Password = mail.GetSecret("password"),
                From = mail.RequireText("from"),
                To = mail.GetList("to"),
                AttachesReport = mail.GetFlag("attachReport", otherwise: true),
            });
        }
        catch (ConfigurationException wrong) when (wrong.KeyPath is null)
        {
            throw new ConfigurationException($"{mail.Location}: {wrong.Message}") { KeyPath = mail.Location };
        }
    }

    private sealed class Warnings(Action<string> warn) : ILogger<DeployNotifications>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                warn($"wercker: {ConsoleText.CleanLine(formatter(state, exception))}");
            }
        }
    }
}
