namespace Wercker.Pipeline.Sqlite;

/// <summary>Who holds a target.</summary>
/// <param name="Target">The target.</param>
/// <param name="FencingToken">Grows with every owner.</param>
/// <param name="DeploymentId">The deployment; null when the target is frozen.</param>
/// <param name="Owner">Who is behind it.</param>
/// <param name="Pipeline">The pipeline; null when nobody said.</param>
/// <param name="Message">What it says to those who wait; null for nothing.</param>
/// <param name="Since">Since when, by the owner's clock.</param>
/// <param name="IsOrphaned">True when the process that held it is known to have ended: whoever asks next gets it.</param>
public sealed record LeaseEntry(
    string Target, long FencingToken, string? DeploymentId, string Owner, string? Pipeline, string? Message, DateTimeOffset Since, bool IsOrphaned);
