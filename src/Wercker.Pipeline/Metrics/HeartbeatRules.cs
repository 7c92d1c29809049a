namespace Wercker.Pipeline.Metrics;

/// <summary>What is expected of a heartbeat.</summary>
/// <param name="Every">The longest time between two beats.</param>
/// <param name="Missed">How many in a row may be missing.</param>
/// <param name="Hosts">How many hosts must beat; null for as many as before.</param>
/// <param name="Changes">Whether the value must change; null to find out.</param>
/// <param name="Lag">How late points may arrive.</param>
internal sealed record HeartbeatRules(TimeSpan Every, int Missed, int? Hosts, bool? Changes, TimeSpan Lag)
{
    /// <summary>The longest silence of a healthy host.</summary>
    public TimeSpan Patience => Every * Missed;

    /// <summary>The longest silence that can be told from a beat, where points are so far apart.</summary>
    public TimeSpan PatienceAt(TimeSpan step) => Missed * (step > Every ? step : Every);

    public HeartbeatRules Validated() =>
        Every <= TimeSpan.Zero ? throw new ConfigurationException($"The heartbeat interval is {Every}: it must be longer than zero.")
        : Missed < 1 ? throw new ConfigurationException($"A heartbeat may miss {Missed} beats: at least one, for a beat is never exactly on time.")
        : Hosts < 1 ? throw new ConfigurationException($"A heartbeat of {Hosts} hosts proves nothing: expect one or more, or leave the number out.")
        : Lag < TimeSpan.Zero ? throw new ConfigurationException($"Points cannot arrive {-Lag} early: the lag must not be negative.")
        : this;
}
