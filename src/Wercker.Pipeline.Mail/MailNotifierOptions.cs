using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Mail;

/// <summary>Which server takes the mails, and who gets them.</summary>
public sealed record MailNotifierOptions
{
    /// <summary>The server that takes mails: "smtp.example.org".</summary>
    public required string Host { get; init; }

    /// <summary>Its port. Default: what belongs to <see cref="Security"/>.</summary>
    public int? Port { get; init; }

    /// <summary>How the connection is protected. Default: STARTTLS.</summary>
    public MailSecurity Security { get; init; }

    /// <summary>Who logs in. Default: nobody.</summary>
    public string? User { get; init; }

    /// <summary>The user's password. Default: none.</summary>
    public Secret? Password { get; init; }

    /// <summary>The sender: "deploy@example.org", or "Deployments &lt;deploy@example.org&gt;".</summary>
    public required string From { get; init; }

    /// <summary>The receivers, in the same forms; one at least. All of them see each other.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>Whether the mail about a deployment's end has its report.html attached. Default: true.</summary>
    public bool AttachesReport { get; init; } = true;
}
