namespace Wercker.Pipeline.Configuration;

/// <summary>One command of a phase of wercker.json.</summary>
/// <param name="Text">Shell text; one unit, whatever is in it.</param>
public sealed record WerckerCommand(string Text)
{
    /// <summary>Hides the command and its output from every log ("log": false). Default: false.</summary>
    public bool Hidden { get; init; }

    /// <summary>Runs the command although an earlier one failed ("runAlways": true). Default: false.</summary>
    public bool RunAlways { get; init; }

    /// <summary>The name of the group in a phase that is a map of named steps; null otherwise.</summary>
    public string? Group { get; init; }

    /// <summary>The line of the file on which it stands, from 1; 0 when it comes from no file.</summary>
    public int Line { get; init; }
}
