using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Loggly;

/// <summary>Which account is read, and how.</summary>
public sealed record LogglyOptions
{
    /// <summary>The account's domain: "acme" for acme.loggly.com. Either this or <see cref="Url"/> must be set.</summary>
    public string? Domain { get; init; }

    /// <summary>The address of the account, for a proxy or a test double; null for https://DOMAIN.loggly.com.</summary>
    public Uri? Url { get; init; }

    /// <summary>An API token, which reads; the customer token, with which an application sends, does not. Null with <see cref="User"/>.</summary>
    public Secret? Token { get; init; }

    /// <summary>The user, where a token cannot be used: always with the first generation of the API. Default: null.</summary>
    public string? User { get; init; }

    /// <summary>The user's password. Default: null.</summary>
    public Secret? Password { get; init; }

    /// <summary>True for the first generation of the API, /api/search, which knows inputname: and users with passwords. Default: false, /apiv2.</summary>
    public bool Legacy { get; init; }

    /// <summary>How long a line may take until it is found. Default: 1 minute.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMinutes(1);
}
