namespace Wercker.Pipeline.Configuration;

/// <summary>What a wercker.json says, as far as deployments need it. Read it with <see cref="WerckerJson"/>.</summary>
public sealed record WerckerConfig
{
    /// <summary>The file, as it was named by the caller.</summary>
    public string File { get; init; } = "wercker.json";

    /// <summary>The language platform of "lang": "nodejs", "ruby", "python", "go", "blank"; null when not said.</summary>
    public string? Language { get; init; }

    /// <summary>The platform's version of "version"; null when not said.</summary>
    public string? Version { get; init; }

    /// <summary>The sub-directory of "root" that becomes WERCKER_ROOT, relative, with / and without . or ..; null for the project itself.</summary>
    public string? Root { get; init; }

    /// <summary>The container image of "box"; null when not said.</summary>
    public string? Box { get; init; }

    /// <summary>Debian packages that the scripts need, of "packages". Empty by default.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Names of the services that are switched on. They belong to builds; a deployment has none.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>The commands of "pre-deploy". Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PreDeploy { get; init; } = [];

    /// <summary>The commands of "deploy", for Custom targets. Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> Deploy { get; init; } = [];

    /// <summary>The commands of "post-deploy". Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PostDeploy { get; init; } = [];

    /// <summary>The commands of "post-deploy test". Empty by default.</summary>
    public IReadOnlyList<WerckerCommand> PostDeployTest { get; init; } = [];

    /// <summary>The commands of "custom steps" in document order, each with its step as <see cref="WerckerCommand.Group"/>. They belong to builds.</summary>
    public IReadOnlyList<WerckerCommand> CustomSteps { get; init; } = [];

    /// <summary>Built-in steps that the file names, and whether they are switched on ("npm test": false). Empty by default.</summary>
    public IReadOnlyDictionary<string, bool> StepToggles { get; init; } = new Dictionary<string, bool>();

    /// <summary>How long a command may be silent, of "no-response-timeout", 1 to 60 minutes; null when not said.</summary>
    public TimeSpan? NoResponseTimeout { get; init; }

    /// <summary>How long a command may take, of "command-timeout", 1 to 60 minutes; null when not said.</summary>
    public TimeSpan? CommandTimeout { get; init; }

    /// <summary>The deploy targets by name, in document order. Empty by default.</summary>
    public IReadOnlyDictionary<string, TargetSettings> Targets { get; init; } = new Dictionary<string, TargetSettings>();

    /// <summary>What was accepted and should still be looked at, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationDiagnostic> Warnings { get; init; } = [];

    /// <summary>WERCKER_PLATFORM_VERSION: the full version of the language platform, as "lang" and "version" were understood in 2013.</summary>
    /// <param name="directory">The directory of the project, whose files tell the language when "lang" does not; null when there are no files to look at.</param>
    /// <returns>"1.9.3-p392" for ruby 1.9; a version that was not offered then as it is given; "1.0.0" when nothing tells.</returns>
    public string GetPlatformVersion(string? directory = null) =>
        PlatformVersion.Resolve(Language ?? (directory is null ? null : PlatformVersion.Detect(Path.Combine(directory, Root ?? string.Empty))), Version);
}
