using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests.Engines;

/// <summary>The engine of this machine, reached as if it were on another one.</summary>
[CancelAfter(120_000)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RemoteEngineTests
{
    private DirectoryInfo _certificates = null!;

    [SetUp]
    public void MakeDirectory() => _certificates = Directory.CreateTempSubdirectory("wercker-certificates-");

    [TearDown]
    public void RemoveDirectory() => _certificates.Delete(recursive: true);

    [Test]
    public async Task CreateAsync_EngineBehindTls_RunsCommandsCopiesAndKills()
    {
        await using var proxy = new TlsProxy();
        proxy.WriteCertificates(_certificates.FullName);
        var provider = new DockerSandboxProvider { Host = proxy.Address, CertificateDirectory = _certificates.FullName, DefaultImage = BoxImage.Name };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Is.Null);
        await using var box = await Box.OpenAsync(new SandboxSpec { Source = Source.Directory(_certificates.FullName) }, provider);

        Assert.That((await box.RunAsync("ls; seq 200000 | tail -n 1")).Output, Is.EqualTo("ca.pem\ncert.pem\nkey.pem\n200000\n"));
        Assert.That((await box.RunAsync("sleep 600", TimeSpan.FromSeconds(1))).Result.End, Is.EqualTo(CommandEnd.TimedOut));
        var copy = Path.Combine(_certificates.FullName, "copy");
        await box.Sandbox.CopyOutAsync("ca.pem", copy, CancellationToken.None);
        Assert.That(await File.ReadAllTextAsync(copy), Does.StartWith("-----BEGIN CERTIFICATE"));
    }

    [TestCase(false, true, "ca.pem")]
    [TestCase(true, false, "cert.pem")]
    public async Task FindObstacle_CertificatesOfAnotherAuthority_SaysWhichFileIsWrong(bool knowsTheAuthority, bool isKnown, string file)
    {
        await using var proxy = new TlsProxy();
        proxy.WriteCertificates(_certificates.FullName, knowsTheAuthority, isKnown);
        using var provider = new DockerSandboxProvider { Host = proxy.Address, CertificateDirectory = _certificates.FullName };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain(proxy.Address.Authority).And.Contain(file).And.Contain(_certificates.FullName));
    }

    [Test]
    public async Task FindObstacle_NoCertificates_SaysThatTheEngineWantsThem()
    {
        await using var proxy = new TlsProxy();
        using var provider = new DockerSandboxProvider { Host = proxy.Address };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain(proxy.Address.Authority).And.Contain("DOCKER_CERT_PATH"));
    }

    [Test]
    public async Task FindObstacle_NoClientCertificate_SaysWhereToPutIt()
    {
        await using var proxy = new TlsProxy();
        proxy.WriteCertificates(_certificates.FullName);
        File.Delete(Path.Combine(_certificates.FullName, "cert.pem"));
        using var provider = new DockerSandboxProvider { Host = proxy.Address, CertificateDirectory = _certificates.FullName };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain("cert.pem").And.Contain(_certificates.FullName));
    }
}
