using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes.Linux;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>The directory of one sandbox on this machine: unguessable, for its owner only, removed with all that is in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class WorkDirectory
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private WorkDirectory(string path) => Path = path;

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>Makes it.</summary>
    /// <param name="parent">Where; made when it does not exist.</param>
    /// <param name="deploymentId">For people who look around; the part that cannot be guessed is added.</param>
    public static WorkDirectory Create(string parent, string deploymentId)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), Prefix(deploymentId) + ProcessSandboxProvider.RandomName());
        Directory.CreateDirectory(path, Owner);
        return new WorkDirectory(path);
    }

    /// <summary>Those of a deployment, left behind by processes that have ended.</summary>
    public static IEnumerable<WorkDirectory> FindAll(string parent, string deploymentId) => Directory.Exists(parent)
        ? [.. Directory.EnumerateDirectories(System.IO.Path.GetFullPath(parent), Prefix(deploymentId) + "*").Select(path => new WorkDirectory(path))]
        : [];

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
            Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"The work directory {Path} could not be removed: {e.Message}. Remove it by hand.", e);
        }
    }

    private static string Prefix(string deploymentId) =>
        $"wercker-{string.Concat(deploymentId.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40))}-";

    private void Delete()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Names can be taken out of a directory only with write permission on it.
            Unlock(Path);
            Directory.Delete(Path, recursive: true);
        }
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
