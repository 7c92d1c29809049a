namespace Wercker.Pipeline.Mail;

/// <summary>How the connection to a mail server is protected. A certificate that nobody vouches for is refused.</summary>
public enum MailSecurity
{
    /// <summary>Begins in the clear and must change to TLS before anything else is said (STARTTLS, RFC 3207). Port 587 by default.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314). Port 465 by default.</summary>
    Tls,

    /// <summary>In the clear, for a server on the same machine or inside of a private network. Port 25 by default; a password is sent to this machine only.</summary>
    None,
}
