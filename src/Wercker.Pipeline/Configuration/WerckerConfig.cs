namespace Wercker.Pipeline.Configuration;

/// <summary>What a wercker.json says, as far as deployments need it.</summary>
/// <remarks>Old spellings, comments and trailing commas are accepted with a warning; every other fault is refused with its place.</remarks>
public sealed record WerckerConfig
{
    /// <summary>The name of the file in a project's root.</summary>
    public const string FileName = "wercker.json";

    /// <summary>The file, as it was named by the caller.</summary>
    public string File { get; init; } = FileName;

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

    /// <summary>How long a command may be silent, of "no-response-timeout", 1 to 60 minutes; null when not said. The commands of the file have it already.</summary>
    public TimeSpan? NoResponseTimeout { get; init; }

    /// <summary>How long a command may take, of "command-timeout", 1 to 60 minutes; null when not said. The commands of the file have it already.</summary>
    public TimeSpan? CommandTimeout { get; init; }

    /// <summary>The deploy targets by name, in document order. Empty by default.</summary>
    public IReadOnlyDictionary<string, TargetSettings> Targets { get; init; } = new Dictionary<string, TargetSettings>();

    /// <summary>What was accepted and should still be looked at, in the order of the file.</summary>
    public IReadOnlyList<ConfigurationDiagnostic> Warnings { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, or the directory that holds wercker.json.</param>
    /// <returns>What the file says, with warnings.</returns>
    /// <exception cref="ConfigurationException">There is no such file, it cannot be read, or it is wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WerckerFile.Load(path);
    }

    /// <summary>Reads text.</summary>
    /// <param name="text">The content of a wercker.json.</param>
    /// <param name="fileName">The name for messages.</param>
    /// <returns>What the text says, with warnings.</returns>
    /// <exception cref="ConfigurationException">The text is wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Parse(string text, string fileName = FileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return WerckerJsonReader.Read(SourceDecoder.Check(text, fileName));
    }

    /// <summary>Reads bytes: UTF-8 with or without a byte order mark, at most 10 MiB.</summary>
    /// <param name="utf8">The content of a wercker.json.</param>
    /// <param name="fileName">The name for messages.</param>
    /// <returns>What the bytes say, with warnings.</returns>
    /// <exception cref="ConfigurationException">The bytes are wrong; the message has file:line:column, the line, a caret and the cure.</exception>
    public static WerckerConfig Parse(ReadOnlySpan<byte> utf8, string fileName = FileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        return WerckerJsonReader.Read(SourceDecoder.Decode(utf8, fileName));
    }

    /// <summary>WERCKER_PLATFORM_VERSION: the full version of the language platform, as "lang" and "version" were understood in 2013.</summary>
    /// <param name="directory">The directory of the project, whose files tell the language when "lang" does not; null when there are no files to look at.</param>
    /// <returns>"1.9.3-p392" for ruby 1.9; a version that was not offered then as it is given; "1.0.0" when nothing tells.</returns>
    public string GetPlatformVersion(string? directory = null) =>
        PlatformVersion.Resolve(Language ?? (directory is null ? null : PlatformVersion.Detect(Path.Combine(directory, Root ?? string.Empty))), Version);

    /// <summary>The same commands, with the limits that the file sets for all of its commands.</summary>
    internal IReadOnlyList<WerckerCommand> Limit(IReadOnlyList<WerckerCommand> commands) => CommandTimeout is null && NoResponseTimeout is null
        ? commands
        : [.. commands.Select(command => command with { Timeout = CommandTimeout ?? command.Timeout, NoOutputTimeout = NoResponseTimeout ?? command.NoOutputTimeout })];
}
