using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Tests;

/// <summary>A small image, made of this machine's own busybox and bash, so that no registry is needed.</summary>
internal static class BoxImage
{
    public const string Name = "wercker-test/box:latest";

    private const UnixFileMode Open = (UnixFileMode)0x1FF;
    private const UnixFileMode Program = (UnixFileMode)0x1ED;
    private const UnixFileMode Plain = (UnixFileMode)0x1A4;

    public static async Task MakeAsync(DockerClient client)
    {
        using var archive = Pack();
        var parameters = new ImagesCreateParameters { FromSrc = "-", Repo = Name.Split(':')[0], Tag = "latest", Changes = ["ENV PATH=/bin:/usr/bin"] };
        await client.Images.CreateImageAsync(parameters, archive, new AuthConfig(), new Progress<JSONMessage>(), CancellationToken.None);
    }

    /// <summary>The files of the image, as a tar archive.</summary>
    public static MemoryStream Pack()
    {
        var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var directory in new[] { "bin", "usr", "etc", "root", "proc", "sys", "dev", "run", "home", "home/box", "var", "build" })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory + "/") { Mode = Program });
            }

            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "tmp/") { Mode = Open | UnixFileMode.StickyBit });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "var/tmp/") { Mode = Open | UnixFileMode.StickyBit });
            AddProgram(tar, "/bin/busybox", "bin/busybox", Program);
            AddProgram(tar, "/bin/bash-static", "bin/bash", Program);

            // For the attempt to become root by it.
            AddProgram(tar, "/bin/bash-static", "bin/rootbash", Program | UnixFileMode.SetUser);
            foreach (var file in StraceFiles())
            {
                AddProgram(tar, file, file.TrimStart('/'), Program);
            }

            foreach (var applet in Applets().Where(applet => applet is not ("busybox" or "bash" or "sh")))
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            }

            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/sh") { LinkName = "bash" });
            AddText(tar, "etc/passwd", "root:x:0:0:root:/root:/bin/bash\nbox:x:1000:1000:box:/home/box:/bin/bash\n", Plain);
            AddText(tar, "etc/group", "root:x:0:\nbox:x:1000:\n", Plain);
            AddText(tar, "etc/shadow", "root:of-the-image:19000:0:99999:7:::\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        archive.Position = 0;
        return archive;
    }

    /// <summary>One file with a text in it, as a tar archive.</summary>
    public static byte[] PackText(string name, string text)
    {
        using var archive = new MemoryStream();
        using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            AddText(tar, name, text, Plain);
        }

        return archive.ToArray();
    }

    private static string[] Applets() => Lines("/bin/busybox", "--list");

    /// <summary>strace and the libraries that it needs.</summary>
    private static IEnumerable<string> StraceFiles() =>
        Lines("ldd", "/usr/bin/strace").SelectMany(line => line.Split(' ', '\t')).Where(word => word.StartsWith('/')).Append("/usr/bin/strace").Distinct();

    private static string[] Lines(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void AddProgram(TarWriter tar, string from, string name, UnixFileMode mode)
    {
        using var content = File.OpenRead(from);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = content });
    }

    private static void AddText(TarWriter tar, string name, string text, UnixFileMode mode) =>
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
}
