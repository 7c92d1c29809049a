using System.Globalization;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Bubblewrap.Namespaces;

/// <summary>What the inside of a sandbox is made of, in the words of bwrap(1). No value of a variable is ever among them: anybody can read them.</summary>
internal static class BubblewrapArguments
{
    private const string SharedMemory = "67108864";

    /// <summary>What of /etc programs need to find libraries, hosts and certificates. No passwords, no keys, nothing of the machine's services.</summary>
    private static readonly string[] Etc =
    [
        "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "nsswitch.conf", "hosts", "host.conf", "gai.conf", "protocols", "services", "localtime", "timezone",
        "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "ca-certificates.conf", "pki/tls/certs", "pki/ca-trust", "mime.types", "terminfo", "inputrc", "fonts",
        "debian_version", "os-release", "lsb-release", "java-17-openjdk", "java-21-openjdk", "python3", "perl", "dotnet",
    ];

    /// <summary>The arguments, the program's own name not among them.</summary>
    public static IEnumerable<string> Of(Layout layout, SandboxSpec spec, Account account) =>
    [
        "--die-with-parent", "--unshare-user", "--disable-userns", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox",
        .. spec.Network ? (string[])[] : ["--unshare-net"],
        .. account.Arguments, "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr", .. TopLevel(), .. EtcOf(layout, spec.Network),
        "--proc", "/proc", "--dev", "/dev", "--size", SharedMemory, "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
        .. Writable(layout, spec.Disk),
        "--dir", Layout.HomeInside, "--symlink", "/tmp", "/var/tmp", "--ro-bind", layout.Control, Layout.ControlInside,
        .. spec.Disk is null ? (string[])[] : ["--ro-bind", layout.Source, Layout.SourceInside],
        .. spec.Mounts.SelectMany(mount => (string[])[mount.IsWritable ? "--bind" : "--ro-bind", mount.Outside, mount.Inside]),
        "--remount-ro", "/", "--", "/bin/sh", $"{Layout.ControlInside}/{Layout.Orders}",
    ];

    /// <summary>/bin, /lib and the like: links into /usr on most machines, directories on old ones.</summary>
    private static IEnumerable<string> TopLevel()
    {
        foreach (var path in (string[])["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"])
        {
            var directory = new DirectoryInfo(path);
            if (directory.LinkTarget is { } target)
            {
                yield return "--symlink";
                yield return target;
                yield return path;
            }
            else if (directory.Exists)
            {
                yield return "--ro-bind";
                yield return path;
                yield return path;
            }
        }
    }

    private static IEnumerable<string> EtcOf(Layout layout, bool sharesNetwork)
    {
        var host = (sharesNetwork ? Etc.Append("resolv.conf") : Etc).Select(name => "/etc/" + name).Where(Path.Exists);
        var own = Directory.EnumerateFiles(layout.Etc).Select(path => (From: path, To: "/etc/" + Path.GetFileName(path)));
        return host.Select(path => (From: path, To: path)).Concat(own).SelectMany(bind => (string[])["--ro-bind", bind.From, bind.To]);
    }

    private static string[] Writable(Layout layout, long? disk)
    {
        if (disk is not { } bytes)
        {
            return ["--bind", layout.Temporary, "/tmp", "--bind", layout.Build, layout.BuildInside];
        }

        var size = bytes.ToString(CultureInfo.InvariantCulture);
        return ["--size", size, "--tmpfs", "/tmp", "--size", size, "--tmpfs", layout.BuildInside];
    }
}
