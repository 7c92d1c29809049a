namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>Where the things of one sandbox lie, outside and inside.</summary>
/// <param name="Work">The directory outside that holds the files of the commands.</param>
/// <param name="Memory">The directory outside that holds what is only for the library itself.</param>
/// <param name="Name">The last part of the path of the source inside.</param>
internal sealed record Layout(string Work, string Memory, string Name)
{
    /// <summary>What commands see <see cref="Control"/> as.</summary>
    public const string ControlInside = "/run/wercker";

    /// <summary>What commands see <see cref="Source"/> as.</summary>
    public const string SourceInside = ControlInside + "/source";

    /// <summary>The pipe by which the supervisor gets its orders, a file name in <see cref="Control"/>.</summary>
    public const string Orders = "orders";

    /// <summary>The files of secrets inside: memory of the sandbox's own, which is gone with its last process.</summary>
    public const string SecretsInside = "/dev/shm/.wercker";

    /// <summary>The home directory inside.</summary>
    public const string HomeInside = "/tmp/home";

    /// <summary>The source outside; with a disk limit it is copied, because only memory can be limited.</summary>
    public string Build => Path.Combine(Work, "build");

    /// <summary>The source inside.</summary>
    public string BuildInside => $"/build/{Name}";

    /// <summary>/tmp of a sandbox without a disk limit.</summary>
    public string Temporary => Path.Combine(Work, "tmp");

    /// <summary>The pipes to the shells; read-only inside, which does not keep pipes from being written to.</summary>
    public string Control => Path.Combine(Memory, "pipes");

    /// <summary>The source outside, from which it is copied when there is a disk limit.</summary>
    public string Source => Path.Combine(Work, "source");

    /// <summary>The files of /etc that are made for the sandbox.</summary>
    public string Etc => Path.Combine(Memory, "etc");

    /// <summary>The names of the control groups, for whoever clears away after this process was killed.</summary>
    public string Groups => Path.Combine(Memory, "groups");
}
