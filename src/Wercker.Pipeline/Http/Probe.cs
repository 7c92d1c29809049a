namespace Wercker.Pipeline.Http;

/// <summary>What one try was worth.</summary>
internal enum ProbeOutcome
{
    /// <summary>Nobody answered, or only a gateway did.</summary>
    NoAnswer,

    /// <summary>The application answered and did not say which version it is.</summary>
    NoVersion,

    /// <summary>Another version than the expected one answered.</summary>
    OtherVersion,

    /// <summary>The expected version answered, and something was wrong with it.</summary>
    Fails,

    /// <summary>The application answered with an error of its own.</summary>
    Broken,

    /// <summary>The expected version answered, and all was right.</summary>
    Passes,
}

/// <summary>One try.</summary>
/// <param name="Outcome">What it was worth.</param>
/// <param name="Words">What was seen, for people.</param>
internal sealed record Probe(ProbeOutcome Outcome, string Words)
{
    /// <summary>The version that answered; null when nobody or none did.</summary>
    public string? Version { get; init; }

    /// <summary>The status of the answer; null without one.</summary>
    public int? Status { get; init; }

    /// <summary>How long it took; null without an answer.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>Belongs to the cut-over, and is waited out.</summary>
    public bool IsCutOver => Outcome is ProbeOutcome.NoAnswer or ProbeOutcome.NoVersion or ProbeOutcome.OtherVersion;
}
