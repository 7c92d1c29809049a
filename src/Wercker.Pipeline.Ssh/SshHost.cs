namespace Wercker.Pipeline.Ssh;

/// <summary>A machine that is deployed to.</summary>
/// <param name="Address">Its name or address.</param>
public sealed record SshHost(string Address)
{
    /// <summary>Names it in reports. Default: its address, with the port when that is not 22.</summary>
    public string Name { get => field ?? (Port == 22 ? Address : $"{Address}:{Port}"); init; }

    /// <summary>The port. Default: 22.</summary>
    public int Port { get; init => field = value is > 0 and < 65536 ? value : throw new ConfigurationException($"The port {value} of host {Address} is none: it must be 1 to 65535."); } = 22;

    /// <summary>The user; null for that of <see cref="SshLogin"/>.</summary>
    public string? User { get; init; }

    /// <summary>What it is there for: "web", "worker". Empty by default.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The fingerprint of its key as <c>ssh-keygen -l</c> prints it, "SHA256:..."; null to look into the known_hosts files.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>The directory of the application on this host; null for that of <see cref="SshOptions.Path"/>.</summary>
    public string? Path { get; init; }
}
