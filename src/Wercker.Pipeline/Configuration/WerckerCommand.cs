namespace Wercker.Pipeline.Configuration;

/// <summary>One command of wercker.json.</summary>
/// <param name="Text">Shell text; one unit even when it has several lines. Never blank.</param>
public sealed record WerckerCommand(string Text)
{
    /// <summary>Hides the command and its output from every log ("log": false). Default: false.</summary>
    public bool Hidden { get; init; }

    /// <summary>Runs the command also after an earlier one failed ("runAlways": true). Default: false.</summary>
    public bool RunAlways { get; init; }

    /// <summary>The named step that the command belongs to, in a map of named steps; null in a plain list.</summary>
    public string? Group { get; init; }

    /// <summary>The line of wercker.json where the command stands, from 1; 0 when it comes from no file.</summary>
    public int Line { get; init; }

    /// <summary>How long the command may take. Default: 25 minutes.</summary>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public TimeSpan Timeout { get; init => field = Positive(value, "command timeout"); } = TimeSpan.FromMinutes(25);

    /// <summary>How long the command may print nothing. Default: 5 minutes.</summary>
    /// <exception cref="ConfigurationException">Not longer than zero.</exception>
    public TimeSpan NoOutputTimeout { get; init => field = Positive(value, "no-output timeout"); } = TimeSpan.FromMinutes(5);

    private static TimeSpan Positive(TimeSpan value, string what) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"The {what} is {value}: it must be longer than zero.");
}
