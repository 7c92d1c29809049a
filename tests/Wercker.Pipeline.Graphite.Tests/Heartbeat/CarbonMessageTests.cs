using System.Text;
using FsCheck;
using Wercker.Pipeline.Graphite.Heartbeat;

namespace Wercker.Pipeline.Graphite.Tests.Heartbeat;

public class CarbonMessageTests
{
    private static readonly string[] Names = ["shop.web1.heartbeat", "shop.web1.version.a1"];

    [Test]
    public void Of_Plaintext_IsALinePerPoint() => Assert.That(
        Encoding.ASCII.GetString(CarbonMessage.Of(Names, [new Beat(1760000000, 7)], pickle: false)),
        Is.EqualTo("shop.web1.heartbeat 7 1760000000\nshop.web1.version.a1 7 1760000000\n"));

    [Test]
    public void Of_Pickle_IsItsLengthAndAListOfPairs()
    {
        var message = CarbonMessage.Of(["a.b"], [new Beat(2, 1)], pickle: true);

        Assert.That(Convert.ToHexString(message), Is.EqualTo("00000022" + "80025D28" + "5803000000612E62" + "474000000000000000" + "473FF0000000000000" + "8686" + "652E"));
    }

    [TestCase("shop", "web1", "a1b2c3d", "shop.web1.heartbeat", "shop.web1.version.a1b2c3d")]
    [TestCase("shop.production.", " web.1 ", "1.2.3+é", "shop.production.web_1.heartbeat", "shop.production.web_1.version.1_2_3__")]
    [TestCase("../a/b", "10.0.0.1", "..", "_a_b.10_0_0_1.heartbeat", null)]
    public void NamesOf_KeyHostAndVersion_AreSafeInAPath(string key, string host, string version, string heartbeat, string? versioned) =>
        Assert.That(HeartbeatNames.Of(key, host, version), Is.EqualTo(new[] { heartbeat, versioned }.OfType<string>()));

#pragma warning disable NUnit1027 // FsCheck supplies the argument.
    [FsCheck.NUnit.Property(MaxTest = 500)]
    public bool Segment_AnyText_IsEmptyOrOneSafePart(NonNull<string> text) =>
        HeartbeatNames.Segment(text.Get) is var segment && (segment.Length == 0 || (segment.Length <= 120 && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')));
#pragma warning restore NUnit1027

    [TestCase("graphite.example.com", "graphite.example.com", 2003, false)]
    [TestCase("graphite.example.com:12003", "graphite.example.com", 12003, false)]
    [TestCase("tcp://graphite.example.com", "graphite.example.com", 2003, false)]
    [TestCase("pickle://10.0.0.1", "10.0.0.1", 2004, true)]
    [TestCase("pickle://[::1]:2014/", "::1", 2014, true)]
    public void TryParse_Address_SaysWhereAndHow(string text, string host, int port, bool pickle)
    {
        Assert.That(CarbonAddress.TryParse(text, out var address), Is.True);
        Assert.That(address, Is.EqualTo(new CarbonAddress(host, port, pickle)));
    }

    [TestCase("http://graphite.example.com")]
    [TestCase("tcp://user:secret@graphite.example.com")]
    [TestCase("tcp://graphite.example.com/path")]
    [TestCase("graphite example")]
    [TestCase("host:port")]
    [TestCase("")]
    public void TryParse_SomethingElse_IsRefused(string text) => Assert.That(CarbonAddress.TryParse(text, out _), Is.False);
}
