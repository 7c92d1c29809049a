namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>What a sandbox may use.</summary>
internal sealed record Confinement
{
    /// <summary>Bytes of memory, of all processes together; null for no limit.</summary>
    public long? Memory { get; init; }

    /// <summary>Processes and threads at a time; null for no limit.</summary>
    public int? Processes { get; init; }

    /// <summary>Processors, such as 0.5; null for all.</summary>
    public double? Processors { get; init; }

    /// <summary>Bytes of files in the root, and as many in /tmp; null for no limit.</summary>
    public long? Disk { get; init; }

    /// <summary>Whether the network of the machine can be used.</summary>
    public bool SharesNetwork { get; init; } = true;

    /// <summary>What else of the machine is to be seen inside.</summary>
    public IReadOnlyList<(string Outside, string Inside, bool IsWritable)> Mounts { get; init; } = [];
}
