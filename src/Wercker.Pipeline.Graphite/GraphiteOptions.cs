using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Graphite;

/// <summary>Where Graphite is, and who asks it. Only the address has no default.</summary>
public sealed record GraphiteOptions
{
    /// <summary>The root of graphite-web: https://graphite.example.com, or https://example.com/graphite behind a proxy.</summary>
    public required Uri Url { get; init; }

    /// <summary>The user of basic authentication; null for none.</summary>
    public string? User { get; init; }

    /// <summary>The password of <see cref="User"/>.</summary>
    public Secret? Password { get; init; }

    /// <summary>A bearer token, instead of a user and a password; null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>Functions that this Graphite has besides those of graphite-web, so that settings may use them. Empty by default.</summary>
    public IReadOnlyList<string> Functions { get; init; } = [];

    /// <summary>How long one question may take, repetitions and reading the answer included. Default: one minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an answer may be, in bytes. Default: 512 MiB, the size of some 400,000 series of 60 points.</summary>
    public long MaximumAnswerBytes { get; init; } = 512L * 1024 * 1024;
}
