using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Tests.Sandboxes;

public sealed class SandboxSpecTests
{
    private static readonly WerckerConfig Config = new() { Box = "node:18", Language = "nodejs", Version = "18", Packages = ["git"], Root = "app" };

    [Test]
    public void From_FileAlone_MapsItsKeys() => Assert.That(
        SandboxSpec.From(Config),
        Has.Property("Image").EqualTo("node:18").And.Property("Language").EqualTo("nodejs").And.Property("Version").EqualTo("18").And.Property("Root").EqualTo("app")
            .And.Property("Packages").EqualTo(new[] { "git" }).And.Property("Network").True.And.Property("Memory").Null);

    [Test]
    public void From_SettingsOfTheTarget_Win()
    {
        var spec = SandboxSpec.From(Config, Target("""
            {"provider": "docker", "image": "node:20", "memory": "64MB", "cpus": 0.5, "pids": 100, "disk": 1000000, "time": "10m", "network": "none", "writableSystem": true,
             "user": "deploy", "mounts": ["/a:/b", "/c:/d:rw"], "secretFiles": ["DEPLOY_PRIVATE"], "docker": {"host": "unix:///run/x"}}
            """));
        Assert.That(
            (spec.Image, spec.Memory, spec.Processors, spec.Processes, spec.Disk, spec.Lifetime, spec.Network, spec.WritableSystem, spec.User),
            Is.EqualTo(("node:20", (long?)(64 << 20), (double?)0.5, (int?)100, (long?)1_000_000, (TimeSpan?)TimeSpan.FromMinutes(10), false, true, "deploy")));
        Assert.That(spec.Mounts, Is.EqualTo(new[] { ("/a", "/b", false), ("/c", "/d", true) }));
        Assert.That(spec.SecretFiles, Is.EqualTo(new[] { "DEPLOY_PRIVATE" }));
    }

    [TestCase("""{"memory": "much"}""", "memory")]
    [TestCase("""{"memory": "0"}""", "memory")]
    [TestCase("""{"memmory": "1GB"}""", "memmory")]
    [TestCase("""{"network": "some"}""", "network")]
    [TestCase("""{"mounts": ["a:/b"]}""", "mounts")]
    [TestCase("""{"provider": "docker", "bubblewrap": {}}""", "bubblewrap")]
    public void From_WrongSetting_IsRefusedWithItsPath(string json, string key) =>
        Assert.That(() => SandboxSpec.From(Config, Target(json)), Throws.TypeOf<ConfigurationException>().With.Message.StartsWith($"targets.sandbox.{key} "));

    [TestCase("64MB", 64L << 20)]
    [TestCase("1.5 GB", 3L << 29)]
    [TestCase("512k", 512L << 10)]
    [TestCase("2GiB", 2L << 30)]
    [TestCase("17", 17)]
    public void ByteSize_Text_IsRead(string text, long bytes)
    {
        Assert.That(ByteSize.TryParse(text, out var read), Is.True);
        Assert.That(read, Is.EqualTo(bytes));
    }

    [FsCheck.NUnit.Property]
    public Property ByteSize_WholeUnits_AreReadAsTheyAreWritten() => Prop.ForAll(
        Gen.Choose(1, 1023).ToArbitrary(),
        Gen.Elements(1L, 1L << 10, 1L << 20, 1L << 30, 1L << 40).ToArbitrary(),
        (count, unit) => ByteSize.TryParse(ByteSize.Of(count * unit).Replace("bytes", "B", StringComparison.Ordinal), out var read) && read == count * unit);

    [Test]
    public void MemoryVerdict_Limit_NamesIt() => Assert.That(new SandboxSpec { Memory = 64 << 20 }.MemoryVerdict, Is.EqualTo("killed: memory limit 64 MB"));

    private static TargetSettings Target(string json) => new() { Name = "production", Sandbox = JsonNode.Parse(json)!.AsObject() };
}
