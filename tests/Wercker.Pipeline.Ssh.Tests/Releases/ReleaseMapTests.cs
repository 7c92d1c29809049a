using Wercker.Pipeline.Ssh.Releases;

namespace Wercker.Pipeline.Ssh.Tests.Releases;

public class ReleaseMapTests
{
#pragma warning disable NUnit1027 // FsCheck supplies the arguments.
    [FsCheck.NUnit.Property]
    public bool Parse_OfWhatWasFormatted_FindsTheReleaseOfEveryHost(byte[] releases)
    {
        (string Host, string Release)[] hosts = [.. (releases ?? []).Prepend((byte)0).Select((release, i) => ($"h{i}", release % 4 == 0 ? ReleaseMap.None : $"r{release % 4}"))];
        var parsed = ReleaseMap.Parse(ReleaseMap.Format(hosts), hosts.Select(one => one.Host));
        return hosts.All(one => parsed[one.Host] == one.Release);
    }

    [Test]
    public void Format_OneRelease_IsItsName() => Assert.That(ReleaseMap.Format([("a", "v1"), ("b", "v1")]), Is.EqualTo("v1"));

    [Test]
    public void Format_SeveralReleases_NamesTheHostsThatDiffer() =>
        Assert.That(ReleaseMap.Format([("a", "v1"), ("b", "-"), ("c", "v2"), ("d", "v1")]), Is.EqualTo("v1;-@b;v2@c"));
}
