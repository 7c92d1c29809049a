using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Ssh;

/// <summary>Settings of a <see cref="SshTarget"/>. Only the hosts and the path have no default.</summary>
public sealed record SshOptions
{
    /// <summary>The hosts, in the order in which they get the new version.</summary>
    public required IReadOnlyList<SshHost> Hosts { get; init; }

    /// <summary>The directory of the application on the hosts, a full path: it gets "releases", "shared" and the link "current".</summary>
    public required string Path { get; init; }

    /// <summary>How hosts are connected to.</summary>
    public SshLogin Login { get; init; } = new();

    /// <summary>How the fleet is gone through. Default: all hosts in one wave.</summary>
    public SshFleet Fleet { get; init; } = new();

    /// <summary>Directories that live in "shared" and are linked into every release: "storage/uploads". Empty by default.</summary>
    public IReadOnlyList<string> LinkedDirectories { get; init; } = [];

    /// <summary>Files that live in "shared" and are linked into every release; they must be there beforehand: "config/database.yml". Empty by default.</summary>
    public IReadOnlyList<string> LinkedFiles { get; init; } = [];

    /// <summary>Has the hosts fetch the revision of the deployment's git source from this repository, instead of getting the files from here; null to bring them.</summary>
    public string? Repository { get; init; }

    /// <summary>A shell command that runs in the new release before it is live: "bundle install"; null for none.</summary>
    public string? Prepare { get; init; }

    /// <summary>The shell command that restarts the application; null for none.</summary>
    public string? Restart { get; init; }

    /// <summary>The systemd unit that is restarted and must then be active; null for none.</summary>
    public string? Unit { get; init; }

    /// <summary>A shell command that must succeed on a host after its restart; asked again until <see cref="CheckTimeout"/>. Null for none.</summary>
    public string? Check { get; init; }

    /// <summary>How long <see cref="Check"/> may fail. Default: 30 seconds.</summary>
    public TimeSpan CheckTimeout { get; init => field = Positive(value, nameof(CheckTimeout)); } = TimeSpan.FromSeconds(30);

    /// <summary>Restarts as root by sudo. Default: false.</summary>
    public bool Sudo { get; init; }

    /// <summary>The password that sudo asks for; null when it asks for none. It travels over stdin.</summary>
    public Secret? SudoPassword { get; init; }

    /// <summary>How many releases are kept on a host, the live one and the one before it included. Default: 5.</summary>
    public int Keep { get; init => field = value >= 2 ? value : throw new ConfigurationException($"Keep is {value}: at least 2 releases are kept, the live one and the one before it."); } = 5;

    /// <summary>The file that means "maintenance" to the web server of a host, below <see cref="Path"/>. Default: "maintenance".</summary>
    public string MaintenanceFile { get; init; } = "maintenance";

    /// <summary>A page below <see cref="Path"/> that <see cref="MaintenanceFile"/> becomes a link to; null for an empty file.</summary>
    public string? MaintenancePage { get; init; }

    /// <summary>The role of the host that runs one-off commands, the first one that has it; null for the first host.</summary>
    public string? CommandRole { get; init; }

    /// <summary>Names of the deployment's variables that one-off commands get. They travel over stdin. Empty by default.</summary>
    public IReadOnlyList<string> CommandVariables { get; init; } = [];

    /// <summary>Goes on, with a warning, when somebody else changed "current" since the last deployment. Default: false, the deployment ends before it changes anything.</summary>
    public bool AllowDrift { get; init; }

    /// <summary>The space that must be left on a host besides what the release needs, in bytes. Default: 100 MiB.</summary>
    public long Reserve { get; init; } = 100 * 1024 * 1024;

    /// <summary>How long one host may take for its part of a wave. Default: 10 minutes.</summary>
    public TimeSpan HostTimeout { get; init => field = Positive(value, nameof(HostTimeout)); } = TimeSpan.FromMinutes(10);

    /// <summary>The directory of the application on a host.</summary>
    internal string PathOn(SshHost host) => (host.Path ?? Path).TrimEnd('/');

    private static TimeSpan Positive(TimeSpan value, string name) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"{name} is {value}: it must be longer than zero.");
}
