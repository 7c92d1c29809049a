using System.Runtime.Versioning;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>A directory that is filled from names somebody else chose, and that nothing may leave.</summary>
/// <param name="root">The directory, which exists.</param>
[UnsupportedOSPlatform("windows")]
internal sealed class SafeTree(string root)
{
    private const UnixFileMode Permissions = (UnixFileMode)0x1FF;
    private readonly Dictionary<string, UnixFileMode> _directoryModes = new(StringComparer.Ordinal);
    private readonly List<(string Name, string Target)> _links = [];

    /// <summary>The place of an entry.</summary>
    /// <exception cref="SandboxException">The name leads out.</exception>
    public string PathOf(string name)
    {
        var parts = name.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (name.StartsWith('/') || Array.Exists(parts, part => part is "..") || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new SandboxException($"The artifact holds the path '{name}', which leads out of its root; it was not unpacked.");
        }

        return Path.Combine([root, .. parts.Where(part => part != ".")]);
    }

    /// <summary>Makes a directory; its mode is set at the end, for it may forbid writing.</summary>
    public void AddDirectory(string name, UnixFileMode mode)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(path);
        _directoryModes[path] = mode & Permissions;
    }

    /// <summary>Writes a file.</summary>
    public void AddFile(string name, UnixFileMode mode, Action<Stream> write)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(stream);
        }

        File.SetUnixFileMode(path, mode & Permissions);
    }

    /// <summary>Remembers a link. Links are made last, so that no file is ever written through one.</summary>
    public void AddLink(string name, string target)
    {
        PathOf(name);
        _links.Add((name, target));
    }

    /// <summary>Makes the links, checks that none leads out, and sets the modes of the directories.</summary>
    /// <exception cref="SandboxException">A link leads out.</exception>
    public void Complete()
    {
        foreach (var (name, target) in _links)
        {
            var path = PathOf(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Delete(path);
            File.CreateSymbolicLink(path, target);
        }

        foreach (var (name, target) in _links)
        {
            // Together they may do what none does alone, so each is followed through the tree as it now is.
            if (!StaysInside(PathOf(name)))
            {
                throw new SandboxException($"The artifact holds the link '{name}' to '{target}', which leads out of its root; it was not unpacked.");
            }
        }

        foreach (var (path, mode) in _directoryModes.OrderByDescending(pair => pair.Key.Length))
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private bool StaysInside(string path)
    {
        const int mostLinks = 40;
        var rest = new Stack<string>(Path.GetRelativePath(root, path).Split('/').Reverse());
        var here = new List<string>();
        for (var followed = 0; rest.TryPop(out var part);)
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                if (here.Count == 0)
                {
                    return false;
                }

                here.RemoveAt(here.Count - 1);
                continue;
            }

            here.Add(part);
            if (new FileInfo(Path.Combine([root, .. here])).LinkTarget is not { } target)
            {
                continue;
            }

            // A circle leads nowhere, and so not out.
            if (++followed > mostLinks)
            {
                return true;
            }

            if (target.StartsWith('/'))
            {
                return false;
            }

            here.RemoveAt(here.Count - 1);
            foreach (var step in target.Split('/').Reverse())
            {
                rest.Push(step);
            }
        }

        return true;
    }
}
