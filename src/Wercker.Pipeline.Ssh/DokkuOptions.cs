namespace Wercker.Pipeline.Ssh;

/// <summary>An app on a Dokku host.</summary>
public sealed record DokkuOptions
{
    /// <summary>The host. Its user is "dokku" where it names none.</summary>
    public required SshHost Host { get; init; }

    /// <summary>The app's name; it must be there already.</summary>
    public required string App { get; init; }

    /// <summary>The branch that Dokku deploys. Default: "master", as Dokku has it.</summary>
    public string Branch { get; init; } = "master";

    /// <summary>How the host is connected to: always by OpenSSH's own client, because git needs it, whatever <see cref="SshLogin.Client"/> says. Dokku knows no passwords.</summary>
    public SshLogin Login { get; init; } = new() { User = "dokku" };

    /// <summary>How long a build may take. Default: 30 minutes.</summary>
    public TimeSpan BuildTimeout { get; init => field = Positive(value, nameof(BuildTimeout)); } = TimeSpan.FromMinutes(30);

    /// <summary>How long the processes may take to be up after a push or a restart. Default: 1 minute.</summary>
    public TimeSpan StartTimeout { get; init => field = Positive(value, nameof(StartTimeout)); } = TimeSpan.FromMinutes(1);

    private static TimeSpan Positive(TimeSpan value, string name) =>
        value > TimeSpan.Zero ? value : throw new ConfigurationException($"{name} is {value}: it must be longer than zero.");
}
