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
    private const string SharedMemorySuffix = ".memory";
    private const string WorkLink = "work";
    private const int OwnerOnly = 0x1c0;
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int Tries = 10;

    /// <summary>The open directories, locked as long as somebody uses them; the kernel lets go of them when that process ends, however it ends.</summary>
    private readonly int[] _locks;

    private WorkDirectory(string path, string control, int held = -1, int controlHeld = -1)
    {
        Path = path;
        Control = control;
        _locks = [held, controlHeld];
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
        var directory = Begin(parent, deploymentId, kind);
        directory.Make();
        return directory;
    }

    /// <summary>Makes only <see cref="Control"/>, where the machine has a place for that in memory: the rest may be made while something starts already.</summary>
    public static WorkDirectory Begin(string parent, string deploymentId, string kind = ProcessKind)
    {
        for (var i = 0; i < Tries; i++)
        {
            var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), $"{kind}-{WordOf(deploymentId)}-{ProcessSandboxProvider.RandomName()}");
            var memory = InMemory(path);
            if (Libc.MakeDirectory(memory, OwnerOnly) != 0)
            {
                var directory = new WorkDirectory(path, System.IO.Path.Combine(path, "control"));
                directory.Make();
                Directory.CreateDirectory(directory.Control, Owner);
                return directory;
            }

            // Another process, looking for what was left behind, may have taken it over before it was locked: then it removes it.
            if (TryLock(memory) is { } held)
            {
                // Whoever finds it abandoned finds the rest by it.
                File.CreateSymbolicLink(System.IO.Path.Combine(memory, WorkLink), path);
                return new WorkDirectory(path, memory, controlHeld: held);
            }
        }

        throw new IOException($"No directory could be made and locked in {SharedMemory}.");
    }

    /// <summary>Makes the rest.</summary>
    public void Make()
    {
        for (var i = 0; i < Tries && _locks[0] < 0; i++)
        {
            Directory.CreateDirectory(Path, Owner);
            _locks[0] = TryLock(Path) ?? -1;
            if (_locks[0] < 0)
            {
                // Somebody who looks for what was left behind has it for a moment.
                Thread.Yield();
            }
        }

        if (_locks[0] < 0)
        {
            throw new IOException($"The directory {Path} could not be made and locked.");
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

    /// <summary>
    /// The directories of processes that ended without removing them, taken over: nobody else finds them any more. Those in memory are found by themselves
    /// too, under whichever parent the rest lies, or when somebody else has removed the rest.
    /// </summary>
    /// <param name="parent">Where to look.</param>
    /// <param name="kind">What their names begin with.</param>
    public static IReadOnlyList<WorkDirectory> FindAbandoned(string parent, string kind = ProcessKind) =>
    [
        .. DirectoriesOf(parent, kind, "")
            .Select(path => (Path: path, Memory: InMemory(path)))
            .Concat(DirectoriesOf(SharedMemory, kind, SharedMemorySuffix).Select(memory => (Path: WorkDirectoryOf(memory) ?? PathUnder(parent, memory), Memory: memory)))
            .DistinctBy(one => one.Memory)
            .Select(one => TakeOver(one.Path, one.Memory))
            .OfType<WorkDirectory>(),
    ];

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

    /// <summary>The path of the directory that becomes WERCKER_ROOT.</summary>
    /// <exception cref="SandboxException">It leads out of the source.</exception>
    public static string RootOf(string build, string? root)
    {
        if (string.IsNullOrEmpty(root))
        {
            return build;
        }

        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(root.TrimStart('/'), build));
        return path == build || path.StartsWith(build + "/", StringComparison.Ordinal) ? path
            : throw new SandboxException($"The root '{root}' leads out of the source; name a directory inside of it.");
    }

    /// <summary>The directory that becomes WERCKER_ROOT.</summary>
    /// <exception cref="SandboxException">The source has no such directory.</exception>
    public static string FindRoot(string build, string? root)
    {
        var path = RootOf(build, root);
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
            Descriptor.CloseAll(_locks);
            _locks.AsSpan().Fill(-1);
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

    private static string InMemory(string path) => System.IO.Path.Combine(SharedMemory, System.IO.Path.GetFileName(path) + SharedMemorySuffix);

    private static bool IsOurs(string path) => Libc.OwnerOf(path) == Libc.EffectiveUser();

    private static string PathUnder(string parent, string memory) =>
        System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), System.IO.Path.GetFileName(memory)[..^SharedMemorySuffix.Length]);

    /// <summary>Where the rest of what lies in memory is; null when that was not written down yet, and there is no rest.</summary>
    private static string? WorkDirectoryOf(string memory) => new FileInfo(System.IO.Path.Combine(memory, WorkLink)).LinkTarget;

    /// <summary>Directories of a kind that this user has made. Anybody may make one of that name where temporary files are, or a link.</summary>
    private static IEnumerable<string> DirectoriesOf(string parent, string kind, string suffix) =>
        (Directory.Exists(parent) ? new DirectoryInfo(parent).EnumerateDirectories($"{kind}-*{suffix}") : [])
            .Where(directory => directory.LinkTarget is null && IsOurs(directory.FullName) && directory.Name[..^suffix.Length].TakeLast(RandomLength).All(char.IsAsciiHexDigitLower))
            .Select(directory => directory.FullName);

    /// <summary>
    /// Locks what nobody uses. The work directory comes first, for everybody who looks: were it the other way round for some, two who look at once would each leave it to the other.
    /// </summary>
    private static WorkDirectory? TakeOver(string path, string memory)
    {
        var held = -1;
        if (IsOurs(path))
        {
            // One that is locked is in use, or just being removed.
            held = TryLock(path) ?? -1;
            if (held < 0)
            {
                return null;
            }
        }

        var isInMemory = IsOurs(memory);
        var memoryHeld = isInMemory ? TryLock(memory) ?? -1 : -1;
        if (isInMemory ? memoryHeld >= 0 : held >= 0)
        {
            return new WorkDirectory(path, isInMemory ? memory : System.IO.Path.Combine(path, "control"), held, memoryHeld);
        }

        // It is just being made, or gone.
        Descriptor.CloseAll(held);
        return null;
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
