using Wercker.Pipeline.Ssh.Fleets;

namespace Wercker.Pipeline.Ssh.Tests.Fleets;

public class WavePlanTests
{
    [TestCase(50, "1 10%", "1 5 44")]
    [TestCase(3, "1 10%", "1 1 1")]
    [TestCase(1, "1 10%", "1")]
    [TestCase(10, "", "10")]
    [TestCase(10, "50% 50%", "5 5")]
    [TestCase(10000, "1 10%", "1 1000 8999")]
    public void Of_Sizes_AreWavesAndTheRest(int hosts, string sizes, string expected) =>
        Assert.That(string.Join(' ', WavePlan.Of(Hosts(hosts), sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(wave => wave.Count)), Is.EqualTo(expected));

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("1.5")]
    [TestCase("101%")]
    [TestCase("%")]
    [TestCase("many")]
    public void Of_NoSize_IsRefused(string size) => Assert.That(() => WavePlan.Of(Hosts(3), [size]), Throws.InstanceOf<ConfigurationException>().With.Message.Contains($"'{size}'"));

#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
    [FsCheck.NUnit.Property]
    public bool Of_AnySizes_HasEveryHostOnceAndInOrder(byte hosts, byte[] sizes)
    {
        var all = Hosts(hosts + 1);
        return WavePlan.Of(all, [.. (sizes ?? []).Select(size => size % 2 == 0 ? $"{size + 1}" : $"{(size % 100) + 1}%")]).SelectMany(wave => wave).SequenceEqual(all);
    }

    private static SshHost[] Hosts(int count) => [.. Enumerable.Range(1, count).Select(i => new SshHost($"h{i}"))];
}
