using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Tests.Sandboxes.Sources;

[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
public sealed class SourceStagerTests
{
    private readonly TemporaryDirectory _directory = new();

    private string Target => Directory.CreateDirectory(Path.Combine(_directory.Path, "staged")).FullName;

    [TearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [Test]
    public async Task StageAsync_Directory_KeepsModesAndLinksAndLeavesOutGitAndIgnored()
    {
        _directory.Write("src/run.sh", "x", "755");
        _directory.Write("src/deep/secret", "x", "600");
        _directory.Write("src/deep/.git/config", "x");
        _directory.Write("src/.git/config", "x");
        _directory.Write("src/module/.git", "gitdir: elsewhere");
        _directory.Write("src/node_modules/a/b", "x");
        _directory.Write("src/debug.log", "x");
        _directory.Write("src/keep.log", "x");
        _directory.Write("src/.hidden", "x");
        _directory.Write("src/.werckerignore", "node_modules/\n*.log\n!keep.log\n");
        _directory.Write("outside/file", "x");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "src/link"), "run.sh");
        File.CreateSymbolicLink(Path.Combine(_directory.Path, "src/out"), "../outside");
        using var pipe = Process.Start("mkfifo", Path.Combine(_directory.Path, "src/fifo"));
        await pipe.WaitForExitAsync();

        await SourceStager.StageAsync(Source.Directory(Path.Combine(_directory.Path, "src")), Target, CancellationToken.None);

        Assert.That(
            TemporaryDirectory.List(Target),
            Is.EqualTo(new[] { "600 deep/secret", "644 .hidden", "644 .werckerignore", "644 keep.log", "755 run.sh", "link -> run.sh", "out -> ../outside" }));
    }

    [Test]
    public async Task StageAsync_DirectoryThatHoldsTheTarget_DoesNotCopyItIntoItself()
    {
        _directory.Write("file", "x");
        await SourceStager.StageAsync(Source.Directory(_directory.Path), Target, CancellationToken.None);
        Assert.That(TemporaryDirectory.List(Target), Is.EqualTo(new[] { "644 file" }));
    }

    [Test]
    public async Task StageAsync_GitRevision_IsThatRevisionWithoutHooksAndWithoutTouchingTheRepository()
    {
        var repository = MakeRepository();
        _directory.Write("repo/run.sh", "changed since");
        _directory.Write("repo/untracked", "x");
        _directory.Write("repo/.git/hooks/post-checkout", $"#!/bin/sh\ntouch {_directory.Path}/hook-ran\n", "755");
        var index = File.ReadAllBytes(Path.Combine(repository, ".git/index"));

        await SourceStager.StageAsync(Source.Git(repository, "v1"), Target, CancellationToken.None);

        Assert.That(
            TemporaryDirectory.List(Target),
            Is.EqualTo(new[] { "644 .werckerignore", "644 sub/file", "644 é ü", "755 run.sh", "link -> run.sh" }));
        Assert.That(File.ReadAllText(Path.Combine(Target, "run.sh")), Is.EqualTo("first"));
        Assert.That(File.ReadAllBytes(Path.Combine(repository, ".git/index")), Is.EqualTo(index));
        Assert.That(File.Exists(Path.Combine(_directory.Path, "hook-ran")), Is.False);
    }

    [Test]
    public void StageAsync_MissingRevision_NamesItAndTheRepository()
    {
        var repository = MakeRepository();
        Assert.That(
            async () => await SourceStager.StageAsync(Source.Git(repository, "--upload-pack=x"), Target, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains("no revision '--upload-pack=x'").And.Message.Contains(repository));
    }

    [Test]
    public void StageAsync_NoRepository_SaysSo()
    {
        Assert.That(
            async () => await SourceStager.StageAsync(Source.Git(_directory.Path), Target, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains("is not a git repository"));
    }

    [Test]
    public async Task StageAsync_Zip_KeepsModesAndLinks()
    {
        var file = Zip(("bin/", "", 0x41ED), ("bin/run", "x", 0x81ED), ("plain", "y", 0), ("secret", "z", 0x8180), ("bin/link", "../plain", 0xA1FF));
        await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None);
        Assert.That(TemporaryDirectory.List(Target), Is.EqualTo(new[] { "600 secret", "644 plain", "755 bin/run", "bin/link -> ../plain" }));
    }

    [TestCase("../evil", 0x81A4, "")]
    [TestCase("/evil", 0x81A4, "")]
    [TestCase("a/../../evil", 0x81A4, "")]
    [TestCase("link", 0xA1FF, "/etc/passwd")]
    [TestCase("link", 0xA1FF, "../staged-beside")]
    [TestCase("a/b/link", 0xA1FF, "../../../outside")]
    public void StageAsync_ZipThatLeadsOut_IsRefused(string name, int mode, string content)
    {
        var file = Zip((name, content, mode));
        Assert.That(
            async () => await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains("leads out"));
        Assert.That(File.Exists(Path.Combine(_directory.Path, "evil")), Is.False);
    }

    [Test]
    public void StageAsync_LinksThatLeadOutOnlyTogether_AreRefused()
    {
        var file = Zip(("a", ".", 0xA1FF), ("b", "a/..", 0xA1FF));
        Assert.That(
            async () => await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains("'b'"));
    }

    [Test]
    public async Task StageAsync_FileBelowALink_IsNotWrittenThroughIt()
    {
        _directory.Write("outside/keep", "x");
        var file = Zip(("a", "../outside", 0xA1FF), ("a/evil", "x", 0x81A4));
        Assert.That(async () => await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None), Throws.TypeOf<SandboxException>());
        Assert.That(await File.ReadAllTextAsync(Path.Combine(_directory.Path, "outside/keep")), Is.EqualTo("x"));
        Assert.That(File.Exists(Path.Combine(_directory.Path, "outside/evil")), Is.False);
    }

    [TestCase("app.tar")]
    [TestCase("app.tar.gz")]
    [TestCase("app.tgz")]
    public async Task StageAsync_Tar_KeepsModesAndLinks(string name)
    {
        var file = Path.Combine(_directory.Path, name);
        await using (var stream = File.Create(file))
        await using (Stream packed = name.EndsWith("gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Fastest) : stream)
        await using (var tar = new TarWriter(packed))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "./locked") { Mode = (UnixFileMode)0x16D });
            await tar.WriteEntryAsync(Entry("./locked/run", (UnixFileMode)0x1ED));
            await tar.WriteEntryAsync(Entry("secret", (UnixFileMode)0x180));
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "locked/run" });
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.HardLink, "twin") { LinkName = "secret" });
        }

        await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None);
        Assert.That(TemporaryDirectory.List(Target), Is.EqualTo(new[] { "600 secret", "600 twin", "755 locked/run", "link -> locked/run" }));
    }

    [Test]
    public void StageAsync_DamagedArtifact_IsASandboxException()
    {
        var file = _directory.Write("broken.zip", "this is no zip");
        Assert.That(
            async () => await SourceStager.StageAsync(Source.Artifact(file), Target, CancellationToken.None),
            Throws.TypeOf<SandboxException>().With.Message.Contains(file));
    }

    [TestCase("missing.zip", "does not exist")]
    [TestCase("app.rar", "no known kind")]
    public void FindObstacle_Artifact_SaysWhatToDo(string name, string expected)
    {
        _directory.Write("app.rar", "x");
        Assert.That(SourceStager.FindObstacle(Source.Artifact(Path.Combine(_directory.Path, name))), Does.Contain(expected));
    }

    [Test]
    public void FindObstacle_MissingDirectory_NamesIt()
    {
        Assert.That(SourceStager.FindObstacle(Source.Directory(Path.Combine(_directory.Path, "no"))), Does.Contain("/no does not exist"));
        Assert.That(SourceStager.FindObstacle(Source.Directory(_directory.Path)), Is.Null);
    }

    private static PaxTarEntry Entry(string name, UnixFileMode mode) =>
        new(TarEntryType.RegularFile, name) { Mode = mode, DataStream = new MemoryStream("content"u8.ToArray()) };

    private string Zip(params (string Name, string Content, int Mode)[] entries)
    {
        var file = Path.Combine(_directory.Path, "app.zip");
        using var zip = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (name, content, mode) in entries)
        {
            var entry = zip.CreateEntry(name);
            entry.ExternalAttributes = mode << 16;
            using var writer = new StreamWriter(entry.Open());
            writer.Write(content);
        }

        return file;
    }

    private string MakeRepository()
    {
        var repository = Directory.CreateDirectory(Path.Combine(_directory.Path, "repo")).FullName;
        Git.Run(repository, _directory.Path, null, "init", "-q");
        _directory.Write("repo/run.sh", "first", "755");
        _directory.Write("repo/sub/file", "x");
        _directory.Write("repo/é ü", "x");
        _directory.Write("repo/vendor/lib", "x");
        _directory.Write("repo/.werckerignore", "vendor\n");
        File.CreateSymbolicLink(Path.Combine(repository, "link"), "run.sh");
        Git.Run(repository, _directory.Path, null, "add", "-A");
        Git.Run(repository, _directory.Path, null, "commit", "-qm", "first");
        Git.Run(repository, _directory.Path, null, "tag", "v1");
        return repository;
    }
}
