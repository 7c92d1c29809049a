using Wercker.Pipeline.Prometheus.Queries;

namespace Wercker.Pipeline.Prometheus.Tests.Queries;

public class ExpressionTests
{
    [TestCase("sum(rate(http_requests_total{job=\"shop\",code=~\"5..\"}[1m]))")]
    [TestCase("up{job='a)b'} == 1 # closed (or not")]
    [TestCase("up{path=`c:\\`} and on() vector(1)")]
    [TestCase("label_replace(up, \"a\", \"\\\"(\", \"b\", \".*\")")]
    public void Check_Expression_IsTaken(string expression) => Assert.That(() => Expression.Check(expression), Throws.Nothing);

    [TestCase("sum(up", "at character 4: '(' is never closed")]
    [TestCase("up)", "at character 3: ')' closes nothing")]
    [TestCase("rate(up[5m)", "at character 11: ')' is not expected here, before the '[' at character 8 is closed")]
    [TestCase("up{job=\"shop}", "at character 8: the text that begins with \" never ends")]
    [TestCase("  ", "is empty")]
    public void Check_TextThatIsNone_IsRefusedWithItsPlace(string expression, string words) =>
        Assert.That(() => Expression.Check(expression), Throws.TypeOf<ConfigurationException>().With.Message.Contains(words));
}
