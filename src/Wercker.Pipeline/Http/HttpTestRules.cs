using System.Security.Cryptography.X509Certificates;

namespace Wercker.Pipeline.Http;

/// <summary>What an <see cref="HttpTest"/> was told.</summary>
internal sealed record HttpTestRules
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromHours(24);

    public Uri? Url { get; init; }

    public HttpClient? Client { get; init; }

    public X509Certificate2? Authority { get; init; }

    public IReadOnlyList<RequestHeader> Headers { get; init; } = [];

    public VersionProof? Proof { get; init; }

    public string? VersionPath { get; init; }

    public string? Version { get; init; }

    public Signature? Signature { get; init; }

    public IReadOnlyList<int> Statuses { get; init; } = [];

    public IReadOnlyList<Expectation> Expectations { get; init; } = [];

    public TimeSpan? Latency { get; init; }

    public TimeSpan? CertificateValidFor { get; init; }

    public int Passes { get; init; } = 3;

    public int Tries { get; init; } = 10;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Where the version is asked for; null when the tested answer itself says it.</summary>
    public Uri? VersionUrl => VersionPath is null ? null : new Uri(Url!, VersionPath);

    /// <summary>The variable of the deployment that holds the expected version; null when there is none.</summary>
    public string? VersionVariable => Version is ['$', .. var name] && DeployEnvironment.IsName(name) ? name : null;

    public string Description => $"GET {Url} until version {Version ?? "of the deployment"} passes {Passes} time{(Passes == 1 ? string.Empty : "s in a row")} ({Tries} tries, {DurationText.Of(Grace)} for the cut-over)";

    public bool Expects(int status) => Statuses.Count == 0 ? status is >= 200 and <= 299 : Statuses.Contains(status);

    /// <summary>Why the rules make no sense; null when they do.</summary>
    public string? FindFault() => this switch
    {
        { Url: null } => "The HTTP test has no address: say what to Get.",
        { Proof: null } => "The HTTP test cannot tell which version answers: use VersionInHeader, VersionInJson or VersionInBody. A passing old version proves nothing.",
        { VersionPath: { } path } when !Uri.TryCreate(Url, path, out var at) || !IsSameOrigin(at, Url) => $"The HTTP test asks '{path}' for the version: it must be a path of {Url}, \"/version\".",
        { CertificateValidFor: not null, Url.Scheme: not "https" } => $"The HTTP test expects a certificate, and {Url} has none: use https.",
        { CertificateValidFor: not null, Client: not null } or { Authority: not null, Client: not null } =>
            "The HTTP test cannot see certificates through a client that is given: leave out Using, ExpectCertificate or TrustOnly.",
        { Client: not null } when Headers.Any(header => header.Secret is not null) =>
            "The HTTP test cannot keep a secret header from redirects of a client that is given: leave out Using, or let the client send the header itself.",
        { Grace: var grace } when grace > LongestGrace => $"The grace period of the HTTP test is {DurationText.Of(grace)}: it must not be longer than a day.",
        _ => null,
    };

    public static bool IsSameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.IdnHost.Equals(other.IdnHost, StringComparison.OrdinalIgnoreCase) && one.Port == other.Port;
}
