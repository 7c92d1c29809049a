using System.Text.RegularExpressions;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Ssh.Tests.Connections;

/// <summary>Who is let in, and whom we believe, with both clients against the real server.</summary>
public class TrustTests
{
    private static SshHost Host => new("127.0.0.1") { Name = "web", Port = Lab.Server.Port };

    [Test]
    public async Task Connect_UnknownHost_IsRefused([Values] SshClientKind client)
    {
        var refusal = await RefusalAsync(Host, Servers.LoginOf(client) with { KnownHostsFile = "/dev/null" });
        Assert.That(refusal.IsUnreachable, Is.False);
        Assert.That(refusal.Message, Does.StartWith("web: ").And.Contain("\"fingerprint\""));
    }

    [Test]
    public async Task Connect_ChangedKey_IsRefused([Values] SshClientKind client)
    {
        var file = Path.GetTempFileName();
        var other = (await File.ReadAllTextAsync(Lab.Server.Key + ".pub")).Split(' ')[1];
        await File.WriteAllTextAsync(file, $"[127.0.0.1]:{Lab.Server.Port} ssh-ed25519 {other}\n");
        var refusal = await RefusalAsync(Host, Servers.LoginOf(client) with { KnownHostsFile = file });
        File.Delete(file);

        Assert.That(refusal.IsUnreachable, Is.False);
        Assert.That(refusal.Message, Does.Contain("is not the"));
    }

    [Test]
    public async Task Connect_WithTheFingerprint_NeedsNoFile([Values] SshClientKind client)
    {
        var login = Servers.LoginOf(client) with { KnownHostsFile = "/dev/null" };
        Assert.That(await EchoAsync(Host with { Fingerprint = Lab.Server.Fingerprint }, login), Is.EqualTo("hello\n"));
    }

    [Test]
    public async Task Connect_WithAnotherFingerprint_IsRefusedAlthoughTheFileKnowsTheKey([Values] SshClientKind client)
    {
        var refusal = await RefusalAsync(Host with { Fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU" }, Servers.LoginOf(client));
        Assert.That(refusal.IsUnreachable, Is.False);
    }

    [Test]
    public async Task Connect_WithAKeyThatIsNotAllowed_SaysSo([Values] SshClientKind client)
    {
        var refusal = await RefusalAsync(Host, Servers.LoginOf(client) with { KeyFile = Path.Combine(Lab.Server.Directory, "host") });
        Assert.That(refusal.IsUnreachable, Is.False);
        Assert.That(refusal.Message, Does.Contain("does not let"));
    }

    [TestCase(SshKeyExchange.Strongest, "kex: algorithm: (mlkem768x25519|sntrup761x25519)-")]
    [TestCase(SshKeyExchange.Fastest, "kex: algorithm: (mlkem768x25519|curve25519)-")]
    public async Task Connect_EitherKeyExchange_IsAgreedOnWithBothClients(SshKeyExchange keyExchange, string agreed)
    {
        await using var server = await SshServer.StartAsync(logLevel: "DEBUG1");
        foreach (var client in new[] { SshClientKind.BuiltIn, SshClientKind.OpenSsh })
        {
            var login = Servers.LoginOf(client) with { KeyFile = server.Key, KnownHostsFile = server.KnownHosts, KeyExchange = keyExchange };
            Assert.That(await EchoAsync(Host with { Port = server.Port }, login), Does.Contain("hello\n"));
        }

        Assert.That(Regex.Count(server.Log, agreed), Is.EqualTo(2), server.Log);
    }

    [Test]
    public async Task Connect_NobodyThere_IsUnreachable([Values] SshClientKind client)
    {
        var refusal = await RefusalAsync(Host with { Port = ServerProcess.FreePort() }, Servers.LoginOf(client));
        Assert.That(refusal.IsUnreachable, Is.True);
    }

    [Test]
    public async Task Connect_WithTheKeyInAVariable_Works([Values] SshClientKind client)
    {
        var key = new Secret((await File.ReadAllTextAsync(Lab.Server.Key)).Replace("\n", "\\n", StringComparison.Ordinal));
        Assert.That(await EchoAsync(Host, Servers.LoginOf(client) with { KeyFile = null, Key = key }), Is.EqualTo("hello\n"));
    }

    [Test]
    public async Task Connect_WithAPassword_Works([Values] SshClientKind client)
    {
        if (!SshServer.IsRoot)
        {
            Assert.Ignore("Only root can give the server a user with a password.");
        }

        var login = Servers.LoginOf(client) with { KeyFile = Path.Combine(Lab.Server.Directory, "host"), User = SshServer.Plain, Password = new Secret(SshServer.Password) };
        Assert.That(await EchoAsync(Host, login), Is.EqualTo("hello\n"));
    }

    [Test]
    public async Task Connect_ToOneOfTwoKinds_AsksForTheKnownOne()
    {
        // The file knows only an RSA key, which the server has not: nothing else may be accepted instead.
        var login = Servers.LoginOf(SshClientKind.BuiltIn) with { KnownHostsFile = Path.GetTempFileName() };
        await File.WriteAllTextAsync(login.KnownHostsFile, $"[127.0.0.1]:{Lab.Server.Port} ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==\n");
        var refusal = await RefusalAsync(Host, login);
        File.Delete(login.KnownHostsFile);

        Assert.That(refusal.Message, Does.StartWith("web: "));
    }

    private static async Task<SshException> RefusalAsync(SshHost host, SshLogin login)
    {
        try
        {
            await EchoAsync(host, login);
        }
        catch (SshException e)
        {
            return e;
        }

        throw new AssertionException("It was let in.");
    }

    private static async Task<string> EchoAsync(SshHost host, SshLogin login)
    {
        await using var connection = await SshTarget.ConnectorOf(login).ConnectAsync(host, CancellationToken.None);
        var text = new System.Text.StringBuilder();
        var exitCode = await connection.RunAsync(
            "echo hello",
            null,
            (_, bytes) =>
            {
                text.Append(System.Text.Encoding.UTF8.GetString(bytes.Span));
                return ValueTask.CompletedTask;
            },
            CancellationToken.None);
        Assert.That(exitCode, Is.Zero);
        return text.ToString();
    }
}
