using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Engine;

namespace Wercker.Pipeline.Tests.Engine;

public sealed class DeploymentIdTests
{
    [Test]
    public void New_ManyAtOnce_SortInTheOrderInWhichTheyWereMade()
    {
        var ids = Enumerable.Range(0, 500).Select(_ => DeploymentId.New(TimeProvider.System)).ToArray();

        Assert.That(ids, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
        Assert.That(ids, Is.All.Matches("^[0-9]{8}-[0-9]{9}-[0-9a-f]{4}$"));
    }

    [Test]
    public void New_OtherClock_IsBelieved() =>
        Assert.That(DeploymentId.New(new FakeTimeProvider(new DateTimeOffset(2013, 4, 19, 10, 15, 0, 123, TimeSpan.Zero))), Does.StartWith("20130419-101500123-"));
}
