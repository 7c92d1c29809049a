namespace Wercker.Pipeline.Bubblewrap;

/// <summary>What the commands of a bubblewrap sandbox may use. By default no number is limited, the network is shared, and nothing is mounted.</summary>
public sealed record Confinement
{
    /// <summary>Bytes of memory, of all processes together, files in /dev/shm and under a disk limit included; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Processes and threads at a time, those of the sandbox itself (about four) included; null for no limit.</summary>
    public int? Processes { get; init; }

    /// <summary>Processors, such as 0.5; null for all.</summary>
    public double? Processors { get; init; }

    /// <summary>Bytes of files in the root, and as many in /tmp, which are then kept in memory; null for no limit.</summary>
    public long? Disk { get; init; }

    /// <summary>Whether the network of the machine can be used; false leaves a loopback of the sandbox's own. Default: true.</summary>
    public bool SharesNetwork { get; init; } = true;

    /// <summary>What else of the machine is to be seen inside. Empty by default.</summary>
    public IReadOnlyList<HostMount> Mounts { get; init; } = [];
}

/// <summary>A file or directory of the machine that is to be seen inside of a sandbox.</summary>
/// <param name="Outside">Its full path on the machine. The user that commands run as must be able to reach it.</param>
/// <param name="Inside">Its full path inside.</param>
/// <param name="IsWritable">Whether commands may change it. Default: false.</param>
public sealed record HostMount(string Outside, string Inside, bool IsWritable = false);
