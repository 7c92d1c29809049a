using System.Security.Cryptography;
using System.Text;
using Wercker.Pipeline.Ssh.Connections;

namespace Wercker.Pipeline.Ssh.Tests.Connections;

public class KnownHostsTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("the key of the host");
    private static readonly string Line = $"ssh-ed25519 {Convert.ToBase64String(Key)}";

    [TestCase("web1", "web1", 22, true)]
    [TestCase("WEB1,10.0.0.1", "web1", 22, true)]
    [TestCase("web1", "web1", 2222, false)]
    [TestCase("[web1]:2222", "web1", 2222, true)]
    [TestCase("*.example.com,!bad.example.com", "web.example.com", 22, true)]
    [TestCase("*.example.com,!bad.example.com", "bad.example.com", 22, false)]
    [TestCase("web?", "web1", 22, true)]
    [TestCase("web1", "web1.evil.com", 22, false)]
    public void Judge_Names_AreMatchedAsOpenSshDoes(string names, string address, int port, bool known) =>
        Assert.That(KnownHosts.Parse($"# comment\n{names} {Line} comment\n").Judge(address, port, "ssh-ed25519", Key), Is.EqualTo(known ? KnownHosts.Verdict.Known : KnownHosts.Verdict.Unknown));

    [Test]
    public void Judge_HashedName_IsFound()
    {
        var salt = Encoding.ASCII.GetBytes("12345678901234567890");
#pragma warning disable CA5350 // The format of the file says SHA-1.
        var hash = HMACSHA1.HashData(salt, Encoding.ASCII.GetBytes("[web1]:2222"));
#pragma warning restore CA5350
        var known = KnownHosts.Parse($"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(hash)} {Line}");

        Assert.That(known.Judge("web1", 2222, "ssh-ed25519", Key), Is.EqualTo(KnownHosts.Verdict.Known));
        Assert.That(known.Judge("web2", 2222, "ssh-ed25519", Key), Is.EqualTo(KnownHosts.Verdict.Unknown));
    }

    [Test]
    public void Judge_OtherKeyOfAKnownHost_IsChanged() =>
        Assert.That(KnownHosts.Parse($"web1 {Line}").Judge("web1", 22, "ssh-ed25519", "other"u8), Is.EqualTo(KnownHosts.Verdict.Changed));

    [Test]
    public void Judge_OtherKindOfKey_IsChangedAndNeverKnown() =>
        Assert.That(KnownHosts.Parse($"web1 {Line}").Judge("web1", 22, "ssh-rsa", Key), Is.EqualTo(KnownHosts.Verdict.Changed));

    [Test]
    public void Judge_RevokedKey_IsRevokedAlsoWhenItIsKnownTwice() =>
        Assert.That(KnownHosts.Parse($"web1 {Line}\n@revoked * {Line}").Judge("web1", 22, "ssh-ed25519", Key), Is.EqualTo(KnownHosts.Verdict.Revoked));

    [Test]
    public void Judge_CertificateAuthority_VouchesForNobody() =>
        Assert.That(KnownHosts.Parse($"@cert-authority * {Line}").Judge("web1", 22, "ssh-ed25519", Key), Is.EqualTo(KnownHosts.Verdict.Unknown));

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
    [FsCheck.NUnit.Property]
    public bool Judge_WhateverTheFileHolds_KnowsNoKeyThatIsNotInIt(string text) =>
        KnownHosts.Parse(text ?? string.Empty).Judge("web1", 22, "ssh-ed25519", Key) != KnownHosts.Verdict.Known;
}
