namespace Wercker.Pipeline.Commands;

/// <summary>How long a command may take, and how long it may be silent.</summary>
public sealed record CommandLimits
{
    /// <summary>How long one command may take. Default: 25 minutes.</summary>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public TimeSpan Timeout { get; init => field = Positive(value, "command timeout"); } = TimeSpan.FromMinutes(25);

    /// <summary>How long one command may print nothing. Default: 5 minutes.</summary>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public TimeSpan NoOutputTimeout { get; init => field = Positive(value, "no-output timeout"); } = TimeSpan.FromMinutes(5);

    private static TimeSpan Positive(TimeSpan value, string what) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"The {what} is {value}: it must be longer than zero.");
}
