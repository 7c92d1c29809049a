using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Polly;
using Polly.Retry;
using Wercker.Pipeline.Notifications;

namespace Wercker.Pipeline.Mail;

/// <summary>Sends a mail for each notification: what happened in its subject, the facts in its text, the report attached.</summary>
/// <remarks>
/// A server that cannot be reached, or that says "later" (4xx, RFC 5321), is asked up to five times more, after 1, 2, 4, 8 and 16 seconds. The Message-ID is made of the
/// notification's id, so that a mail that is sent again can be recognized; all mails of a deployment are one thread.
/// </remarks>
public sealed class MailNotifier : IDeployNotifier
{
    private const int SubjectLength = 150;
    private readonly MailNotifierOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly MailboxAddress _from;
    private readonly List<MailboxAddress> _to;
    private readonly int _port;
    private readonly ResiliencePipeline _tries;

    /// <summary>Makes the notifier; contacts nobody.</summary>
    /// <param name="options">Which server, and whom to tell.</param>
    /// <param name="timeProvider">The clock of the pauses and of the mails' dates; the system's by default.</param>
    /// <exception cref="ConfigurationException">An address is none, somebody is missing, or a password would go over a network in the clear.</exception>
    public MailNotifier(MailNotifierOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _timeProvider = timeProvider ?? TimeProvider.System;
        _from = Address(options.From, "the sender");
        _to = [.. options.To.Select(address => Address(address, "a receiver"))];
        if (_to.Count == 0)
        {
            throw new ConfigurationException("A mail needs a receiver: name one at least.");
        }

        if (options.User is null != options.Password is null)
        {
            throw new ConfigurationException("To log in to a mail server takes a user and a password: name both, or none.");
        }

        if (options is { Security: MailSecurity.None, Password: not null } && !IsThisMachine(options.Host))
        {
            throw new ConfigurationException($"The password of {options.User} would be sent to {options.Host} in the clear: use StartTls or Tls.");
        }

        _port = options.Port ?? options.Security switch { MailSecurity.Tls => 465, MailSecurity.StartTls => 587, _ => 25 };
        _tries = new ResiliencePipelineBuilder { TimeProvider = _timeProvider }.AddRetry(Retry()).Build();
    }

    /// <inheritdoc />
    public string Name => $"Mail by {_options.Host}";

    /// <inheritdoc />
    /// <exception cref="IOException">The server did not take it; the message has what it said.</exception>
    public async ValueTask NotifyAsync(DeployNotification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        using var message = Write(notification);
        try
        {
            await _tries.ExecuteAsync(async token => await SendAsync(message, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new IOException(Hide($"{_options.Host}:{_port.ToString(CultureInfo.InvariantCulture)} did not take the mail: {e.Message.ReplaceLineEndings(" ")}"));
        }
    }

    private async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var client = new SmtpClient();
        var security = _options.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        };
        await client.ConnectAsync(_options.Host, _port, security, cancellationToken).ConfigureAwait(false);
        if (_options is { User: { } user, Password: { } password })
        {
            await client.AuthenticateAsync(user, password.Reveal(), cancellationToken).ConfigureAwait(false);
        }

        await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
        await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
    }

    private MimeMessage Write(DeployNotification notification)
    {
        var message = new MimeMessage
        {
            Subject = NotificationBody.Line(notification.Sentence, SubjectLength),
            Date = _timeProvider.GetUtcNow(),
            MessageId = IdOf(notification.Id),
        };
        message.From.Add(_from);
        message.To.AddRange(_to);
        message.References.Add(IdOf(notification.Report.Id));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        var body = new BodyBuilder { TextBody = NotificationBody.Text(notification) };
        if (_options.AttachesReport && notification.Kind == DeployEventKind.DeploymentFinished)
        {
            using var report = new MemoryStream();
            notification.Report.WriteHtml(report);
            body.Attachments.Add("report.html", report.ToArray(), new ContentType("text", "html"));
        }

        message.Body = body.ToMessageBody();
        return message;
    }

    private string IdOf(string id) => $"{string.Concat(id.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))}@{_from.Domain}";

    /// <summary>Some servers repeat what they were told.</summary>
    private string Hide(string text) => _options.Password is { } password ? text.Replace(password.Reveal(), "***", StringComparison.Ordinal) : text;

    private static MailboxAddress Address(string text, string who) =>
        MailboxAddress.TryParse(text, out var address) && address.Domain.Length > 0
            ? address
            : throw new ConfigurationException($"'{text}' is no mail address for {who}: write \"ann@example.org\" or \"Ann <ann@example.org>\".");

    private static bool IsThisMachine(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static RetryStrategyOptions Retry() => new()
    {
        MaxRetryAttempts = 5,
        Delay = TimeSpan.FromSeconds(1),
        BackoffType = DelayBackoffType.Exponential,
        ShouldHandle = one => ValueTask.FromResult(one.Outcome.Exception switch
        {
            SmtpCommandException refused => (int)refused.StatusCode is >= 400 and < 500,
            SmtpProtocolException or ServiceNotConnectedException or SocketException or IOException => true,
            _ => false,
        }),
    };
}
