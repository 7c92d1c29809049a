using System.Formats.Tar;
using System.IO.Compression;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Sandboxes;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class BuildManifestTests
{
    private static readonly SandboxSpec Build = new()
    {
        Image = "node:18",
        Language = "nodejs",
        Version = "18",
        Packages = ["git", "curl"],
        Memory = 64 << 20,
        Processors = 1.5,
        Processes = 100,
        Disk = 1 << 20,
        Lifetime = TimeSpan.FromMinutes(5),
        Network = false,
        WritableSystem = true,
        User = "deploy",
        Mounts = [("/cache", "/cache", true)],
        Environment = new DeployEnvironment().Set("NODE_ENV", "production").SetSecret("TOKEN", new Secret("top-secret-value")),
    };

    [TestCase("zip")]
    [TestCase("tar")]
    [TestCase("tgz")]
    [TestCase("directory")]
    public async Task Complete_SpecificationThatSaysNothing_IsThatOfTheBuild(string kind)
    {
        using var directory = new TemporaryDirectory();
        var (spec, notices) = BuildManifest.Complete(new SandboxSpec { Source = await PackAsync(directory.Path, kind, Build) });
        Assert.That(
            (spec.Image, spec.Language, spec.Version, spec.Memory, spec.Processors, spec.Processes, spec.Disk, spec.Lifetime, spec.Network, spec.WritableSystem, spec.User),
            Is.EqualTo((Build.Image, Build.Language, Build.Version, Build.Memory, Build.Processors, Build.Processes, Build.Disk, Build.Lifetime, false, true, Build.User)));
        Assert.That(spec.Packages, Is.EqualTo(Build.Packages));
        Assert.That(spec.Environment.ToListing(), Is.EqualTo(new Dictionary<string, string> { ["NODE_ENV"] = "production" }));
        Assert.That(spec.Mounts, Is.Empty, "an artifact does not choose what it sees of this machine");
        Assert.That(notices, Has.Count.EqualTo(1).And.One.Contains("mounts"));
    }

    [Test]
    public async Task Complete_DifferentSpecification_IsKeptAndSaid()
    {
        using var directory = new TemporaryDirectory();
        var over = new SandboxSpec
        {
            Source = await PackAsync(directory.Path, "zip", Build with { Mounts = [] }),
            Image = "node:20",
            Memory = 128 << 20,
            Packages = ["git"],
            Environment = new DeployEnvironment().Set("NODE_ENV", "staging"),
        };
        var (spec, notices) = BuildManifest.Complete(over);
        Assert.That((spec.Image, spec.Memory, spec.Processes), Is.EqualTo(("node:20", (long?)(128 << 20), (int?)100)));
        Assert.That(spec.Environment.ToListing()["NODE_ENV"], Is.EqualTo("staging"));
        Assert.That(notices, Has.Count.EqualTo(3));
        Assert.That(notices, Has.One.Contains("'node:18'").And.One.Contains("'64 MB'").And.One.Contains("'git, curl'"));
    }

    [Test]
    public async Task Complete_ArtifactWithoutManifest_SaysSo()
    {
        using var directory = new TemporaryDirectory();
        var (_, notices) = BuildManifest.Complete(new SandboxSpec { Source = await PackAsync(directory.Path, "tgz", null) });
        Assert.That(notices, Has.One.Contains(BuildManifest.FileName));
        Assert.That(BuildManifest.Complete(new SandboxSpec { Source = await PackAsync(directory.Path, "directory", null) }).Notices, Is.Empty, "a directory is no build");
    }

    [Test]
    public async Task WriteAsync_ProtectedVariable_IsNamedWithoutItsValue()
    {
        using var directory = new TemporaryDirectory();
        await BuildManifest.WriteAsync(directory.Path, Build, CancellationToken.None);
        Assert.That(await File.ReadAllTextAsync(Path.Combine(directory.Path, BuildManifest.FileName)), Does.Contain("TOKEN").And.Not.Contain("top-secret-value"));
    }

    [TestCase("no json")]
    [TestCase("""{"format": 2, "sandbox": {}}""")]
    [TestCase("""{"format": 1, "sandbox": {"memory": "much"}}""")]
    [TestCase("""{"format": 1, "sandbox": {"mounts": ["x"]}}""")]
    public async Task Read_DamagedManifest_IsRefusedWithItsPlace(string text)
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, BuildManifest.FileName), text);
        Assert.That(() => BuildManifest.Read(Source.Directory(directory.Path)), Throws.TypeOf<SandboxException>().With.Message.Contains(directory.Path));
    }

    private static async Task<Source> PackAsync(string directory, string kind, SandboxSpec? spec)
    {
        var files = Directory.CreateDirectory(Path.Combine(directory, "files" + kind + (spec is null)));
        await File.WriteAllTextAsync(Path.Combine(files.FullName, "app.js"), "run()");
        if (spec is not null)
        {
            await BuildManifest.WriteAsync(files.FullName, spec, CancellationToken.None);
        }

        var artifact = Path.Combine(directory, "artifact." + kind);
        switch (kind)
        {
            case "directory":
                return Source.Directory(files.FullName);
            case "zip":
                await ZipFile.CreateFromDirectoryAsync(files.FullName, artifact);
                break;
            case "tar":
                await TarFile.CreateFromDirectoryAsync(files.FullName, artifact, includeBaseDirectory: false);
                break;
            default:
                await using (var zipped = new GZipStream(File.Create(artifact), CompressionLevel.Fastest))
                {
                    await TarFile.CreateFromDirectoryAsync(files.FullName, zipped, includeBaseDirectory: false);
                }

                break;
        }

        return Source.Artifact(artifact);
    }
}
