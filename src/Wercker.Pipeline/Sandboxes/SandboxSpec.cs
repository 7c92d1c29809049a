using System.Runtime.Versioning;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>What a deployment asks of its sandbox: the same as its build had.</summary>
/// <remarks>A provider says in <see cref="ISandbox.Notices"/> what it cannot give. <see cref="BuildManifest"/> carries it from the build to the deployment.</remarks>
public sealed record SandboxSpec
{
    /// <summary>The deployment the sandbox is for; part of its path and labels.</summary>
    public string DeploymentId { get; init; } = "sandbox";

    /// <summary>The files to start with; null for an empty root.</summary>
    public Source? Source { get; init; }

    /// <summary>The sub-directory of the source that becomes WERCKER_ROOT; null for the source itself.</summary>
    public string? Root { get; init; }

    /// <summary>The environment of its commands. The provider adds WERCKER_ROOT. Empty by default.</summary>
    public DeployEnvironment Environment { get; init; } = [];

    /// <summary>The container image, for sandboxes made of images; null lets the provider choose by language.</summary>
    public string? Image { get; init; }

    /// <summary>The language platform of wercker.json's "lang": "nodejs", "ruby", "python", "blank"; null when not said.</summary>
    public string? Language { get; init; }

    /// <summary>The platform's version of wercker.json's "version"; null when not said.</summary>
    public string? Version { get; init; }

    /// <summary>Debian packages that the scripts need, of wercker.json's "packages". Empty by default.</summary>
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Bytes of memory that all its processes together may use; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Processors' worth of time, such as 0.5 or 2; null for no limit.</summary>
    public double? Processors { get; init; }

    /// <summary>How many processes and threads there may be at a time; null for what the provider thinks is enough.</summary>
    public int? Processes { get; init; }

    /// <summary>Bytes of files below WERCKER_ROOT's parent, and as many in /tmp; null for no limit but the machine's.</summary>
    public long? Disk { get; init; }

    /// <summary>How long it may live, counted from the moment it was made; a command that runs then is killed. Null for no limit.</summary>
    public TimeSpan? Lifetime { get; init; }

    /// <summary>Whether commands may use the network; false leaves them the loopback of their own sandbox. Default: true.</summary>
    public bool Network { get; init; } = true;

    /// <summary>Whether commands may change the system's own files, which are thrown away with the sandbox. Default: false.</summary>
    public bool WritableSystem { get; init; }

    /// <summary>The user of the commands, a name or "uid:gid" inside; null for one without rights of the provider's choice.</summary>
    public string? User { get; init; }

    /// <summary>Directories and files outside that are seen inside, as full paths. Empty by default: then nothing of the machine is.</summary>
    public IReadOnlyList<(string Outside, string Inside, bool IsWritable)> Mounts { get; init; } = [];

    /// <summary>
    /// The variables of <see cref="Environment"/> whose value lies in a file inside, in memory and readable for the commands' user only (0600); the variable
    /// holds its path. For keys that programs read from files, and to keep a secret out of the environment that every child inherits. Empty by default.
    /// </summary>
    public IReadOnlyList<string> SecretFiles { get; init; } = [];

    /// <summary>What <see cref="CommandResult.Detail"/> says of a command that died of <see cref="Memory"/>: "killed: memory limit 64 MB".</summary>
    public string MemoryVerdict => $"killed: memory limit {ByteSize.Of(Memory ?? 0)}";

    /// <summary>What <see cref="CommandResult.Detail"/> says of a command that could not start a process because of <see cref="Processes"/>: "refused: limit of 64 processes".</summary>
    public string ProcessesVerdict => $"refused: limit of {Processes} processes";

    /// <summary>The specification that a wercker.json and its target make: "box", "lang", "version", "packages", "root" of the file, and "sandbox" of the target, which wins.</summary>
    /// <param name="config">The file.</param>
    /// <param name="target">The target; null leaves out its settings.</param>
    /// <returns>The specification, without a source and without variables.</returns>
    /// <exception cref="ConfigurationException">A setting of the target is wrong; the message names its key path.</exception>
    public static SandboxSpec From(WerckerConfig config, TargetSettings? target = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        var spec = new SandboxSpec
        {
            Root = config.Root,
            Image = config.Box,
            Language = config.Language,
            Version = config.Version,
            Packages = config.Packages,
        };
        return target?.Sandbox is { } settings ? SandboxSettings.Apply(spec, new SettingsReader(settings, $"{target.Location}.sandbox")) : spec;
    }

    /// <summary>The variables of the commands, with the directory of their files where the value belongs into one.</summary>
    /// <param name="directory">Where the files of <see cref="SecretFiles"/> lie, as commands know it.</param>
    /// <returns>The name, what the variable holds, and what the file holds; null for no file.</returns>
    /// <exception cref="SandboxException">A secret file is asked for of a variable that is not there.</exception>
    internal IEnumerable<(string Name, string Value, string? Content)> PlaceSecrets(string directory)
    {
        var missing = SecretFiles.FirstOrDefault(name => !Environment.TryGet(name, out _));
        return missing is null
            ? Environment.Select(variable => SecretFiles.Contains(variable.Name)
                ? (variable.Name, $"{directory}/{variable.Name}", variable.Value.Reveal())
                : (variable.Name, variable.Value.Reveal(), (string?)null))
            : throw new SandboxException($"A file is asked for with the value of {missing} (\"secretFiles\"), and the deployment has no such variable; set it, or correct its name.");
    }

    /// <summary>Finds the directory that becomes WERCKER_ROOT in a source that has been staged.</summary>
    /// <param name="directory">Where it was staged, as a full path.</param>
    /// <returns>The directory, or the one in it that <see cref="Root"/> names.</returns>
    /// <exception cref="SandboxException">There is none, or it leads out.</exception>
    [UnsupportedOSPlatform("windows")]
    public string FindRoot(string directory) => WorkDirectory.FindRoot(directory, Root);
}
