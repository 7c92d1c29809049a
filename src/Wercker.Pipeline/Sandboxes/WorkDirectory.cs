using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>The directory of one sandbox on this machine: unguessable, for its owner only, removed with all that is in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class WorkDirectory
{
    /// <summary>What the names of the process sandbox's directories begin with, and nobody else's: whatever does and is not locked is removed.</summary>
    public const string ProcessKind = "wercker-sandbox";

    private const int RandomLength = 32;

    /// <summary>What lies here is never on a disk, and making a file costs a tenth of what it costs there.</summary>
    private const string SharedMemory = "/dev/shm";
    private const int OwnerOnly = 0x1c0;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The open directory, locked as long as somebody uses it; the kernel lets go of it when that process ends, however it ends.</summary>
    private int _lock;

    private WorkDirectory(string path, int held)
    {
        Path = path;
        _lock = held;
        var inMemory = System.IO.Path.Combine(SharedMemory, System.IO.Path.GetFileName(path));
        Control = Libc.OwnerOf(inMemory) == Libc.EffectiveUser() ? inMemory : System.IO.Path.Combine(path, "control");
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>
    /// The directory of what is only for the library itself, pipes and secrets: in memory where the machine has a place for that, and else inside of
    /// <see cref="Path"/>. Removed with it.
    /// </summary>
    public string Control { get; }

    /// <summary>Makes it.</summary>
    /// <param name="parent">Where; made when it does not exist.</param>
    /// <param name="deploymentId">For people who look around; the part that cannot be guessed is added.</param>
    /// <param name="kind">What its name begins with: those of one kind are found again by <see cref="FindAbandoned"/>.</param>
    public static WorkDirectory Create(string parent, string deploymentId, string kind = ProcessKind)
    {
        const int tries = 10;
        for (var i = 1; ; i++)
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"{kind}-{WordOf(deploymentId)}-{ProcessSandboxProvider.RandomName()}");
            Directory.CreateDirectory(path, Owner);

            // Another process, looking for what was left behind, may have taken it over before it was locked: then it removes it.
            if (TryLock(path) is { } held)
            {
                if (Libc.MakeDirectory(System.IO.Path.Combine(SharedMemory, System.IO.Path.GetFileName(path)), OwnerOnly) == 0
                    || Libc.MakeDirectory(System.IO.Path.Combine(path, "control"), OwnerOnly) == 0)
                {
                    return new WorkDirectory(path, held);
                }

                Libc.Close(held);
            }

            if (i == tries)
            {
                throw new IOException($"The directory {path} could not be made and locked.");
            }
        }
    }

    /// <summary>Where the files of secrets are written to.</summary>
    public string Secrets => System.IO.Path.Combine(Control, "secrets");

    /// <summary>Writes the file of a secret, for this process's user only.</summary>
    public void WriteSecret(string name, string content)
    {
        Directory.CreateDirectory(Secrets, Owner);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using var file = new FileStream(System.IO.Path.Combine(Secrets, name), options);
        file.Write(System.Text.Encoding.UTF8.GetBytes(content));
    }

    /// <summary>What of a deployment's id can be part of a path.</summary>
    public static string WordOf(string deploymentId) => string.Concat(deploymentId.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40));

    /// <summary>The directories of processes that ended without removing them, taken over: nobody else finds them any more.</summary>
    /// <param name="parent">Where to look.</param>
    /// <param name="kind">What their names begin with.</param>
    public static IReadOnlyList<WorkDirectory> FindAbandoned(string parent, string kind = ProcessKind)
    {
        var found = new List<WorkDirectory>();
        var user = Libc.EffectiveUser();
        foreach (var directory in Directory.Exists(parent) ? new DirectoryInfo(parent).EnumerateDirectories(kind + "-*") : [])
        {
            // Anybody may make a directory of that name where temporary files are, or a link.
            var path = directory.FullName;
            if (directory.LinkTarget is not null || Libc.OwnerOf(path) != user || !directory.Name.TakeLast(RandomLength).All(char.IsAsciiHexDigitLower))
            {
                continue;
            }

            // Otherwise it is in use, or just being made or removed.
            if (TryLock(path) is { } held)
            {
                found.Add(new WorkDirectory(path, held));
            }
        }

        return found;
    }

    /// <summary>Why no directory could be made under the parent; null when one could.</summary>
    public static string? FindObstacle(string parent)
    {
        var existing = System.IO.Path.GetFullPath(parent);
        while (!Directory.Exists(existing))
        {
            if (File.Exists(existing))
            {
                return $"The work directory {parent} cannot be made, because {existing} is a file; choose another directory for the sandboxes.";
            }

            existing = System.IO.Path.GetDirectoryName(existing) ?? "/";
        }

        return Libc.Access(existing, Libc.WriteAccess | Libc.ExecuteAccess) == 0
            ? null
            : $"The work directory {existing} is not writable for {Environment.UserName}; make it writable or choose another directory for the sandboxes.";
    }

    /// <summary>The directory that becomes WERCKER_ROOT.</summary>
    /// <exception cref="SandboxException">The source has no such directory.</exception>
    public static string FindRoot(string build, string? root)
    {
        if (string.IsNullOrEmpty(root))
        {
            return build;
        }

        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root.TrimStart('/'), build));
        if (path != build && !path.StartsWith(build + "/", StringComparison.Ordinal))
        {
            throw new SandboxException($"The root '{root}' leads out of the source; name a directory inside of it.");
        }

        return Directory.Exists(path) ? path : throw new SandboxException($"The source has no directory '{root}', which is to be the root; correct \"root\" or the source.");
    }

    /// <summary>Removes it, also what a command made read-only.</summary>
    /// <exception cref="SandboxException">Something cannot be removed.</exception>
    public void Remove()
    {
        try
        {
            Delete(Control);
            Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"The work directory {Path} could not be removed: {e.Message}. Remove it by hand.", e);
        }
        finally
        {
            Descriptor.CloseAll(_lock);
            _lock = -1;
        }
    }

    /// <summary>Deletes a directory with all that is in it, also what may not be written to.</summary>
    public static void Delete(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Names can be taken out of a directory only with write permission on it.
            Unlock(path);
            Directory.Delete(path, recursive: true);
        }
    }

    private static int? TryLock(string path)
    {
        var directory = Libc.Open(path, Libc.DirectoryOnly | Libc.CloseOnExec, 0);
        if (directory < 0 || (Libc.LockFile(directory, Libc.LockAlone | Libc.LockAtOnce) == 0 && Directory.Exists(path)))
        {
            return directory < 0 ? null : directory;
        }

        Libc.Close(directory);
        return null;
    }

    private static void Unlock(string directory)
    {
        File.SetUnixFileMode(directory, Owner);
        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            if (new DirectoryInfo(child).LinkTarget is null)
            {
                Unlock(child);
            }
        }
    }
}
