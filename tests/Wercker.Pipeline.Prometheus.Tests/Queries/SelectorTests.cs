using Wercker.Pipeline.Prometheus.Queries;

namespace Wercker.Pipeline.Prometheus.Tests.Queries;

public class SelectorTests
{
    [TestCase("up")]
    [TestCase(" job:requests:rate5m ")]
    [TestCase("up{job=\"shop\", instance!~'web{1}.*'}")]
    [TestCase("{__name__=~`up|down`}")]
    [TestCase("up{path=\"\\\"}\"}")]
    public void IsAlone_SelectedSeries_IsTrue(string expression) => Assert.That(Selector.IsAlone(expression), Is.True);

    [TestCase("")]
    [TestCase("1")]
    [TestCase("NaN")]
    [TestCase("Inf")]
    [TestCase("rate(up[5m])")]
    [TestCase("up[5m]")]
    [TestCase("up offset 5m")]
    [TestCase("up @ 1")]
    [TestCase("up > 0")]
    [TestCase("up + {a=\"b\"}")]
    [TestCase("up{a=\"b\"} or down{a=\"b\"}")]
    [TestCase("\"text\"")]
    [TestCase("up{a=\"b}")]
    public void IsAlone_AnythingElse_IsFalse(string expression) => Assert.That(Selector.IsAlone(expression), Is.False);

    [Test]
    public void NameOf_Labels_AreInOrderAndEscaped() => Assert.That(
        SeriesName.Of(new() { ["__name__"] = "up", ["zone"] = "a\"b\\c\nd", ["app"] = "shop" }, "x"),
        Is.EqualTo("up{app=\"shop\",zone=\"a\\\"b\\\\c\\nd\"}"));
}
