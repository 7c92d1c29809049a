using FsCheck;
using FsCheck.Fluent;
using Wercker.Pipeline.Graphite.Render;

namespace Wercker.Pipeline.Graphite.Tests.Render;

public class RenderExpressionTests
{
    [TestCase("shop.web1.heartbeat")]
    [TestCase(" shop.*.heartbeat ")]
    [TestCase("shop.{web,db}[0-9]?.load-5_m")]
    [TestCase("a;tag=value")]
    [TestCase(@"a\.b.c\(d\)")]
    [TestCase("averageSeries(shop.*.load, shop.db.load)")]
    [TestCase("summarize(shop.load, \"10s\", 'sum', true)")]
    [TestCase("summarize(shop.load,'10s',alignToFrom=True)")]
    [TestCase("scale(shop.load,-1.5e-3)")]
    [TestCase("alias(a.b, 'it''s (not) \\' {closed')")]
    [TestCase("seriesByTag('name=cpu', \"host=~web.*\") | groupByTags('sum', 'dc') | scale(10)")]
    [TestCase("template(hosts.$name.load, name=\"web\")")]
    [TestCase("randomWalk()")]
    [TestCase("constantLine(1)")]
    public void Check_Expression_IsTaken(string expression) => Assert.DoesNotThrow(() => RenderExpression.Check(expression));

    [TestCase("", 1, "a metric is missing")]
    [TestCase("sumSeries(shop.load", 10, "'(' is never closed")]
    [TestCase("a(b(c)", 2, "'(' is never closed")]
    [TestCase("shop.load)", 10, "')' closes nothing")]
    [TestCase("shop load", 6, "'l' is not expected here")]
    [TestCase("shop..load", 6, "a name is missing after '.'")]
    [TestCase("shop.load.", 11, "a name is missing after '.'")]
    [TestCase(".load", 1, "a metric is missing before '.'")]
    [TestCase("shop.{a,b.load", 10, "'.' is not expected between '{' and '}'")]
    [TestCase("shop.{a,b", 6, "'{' is never closed")]
    [TestCase("shop.{a,}", 9, "'}' is not expected between '{' and '}'")]
    [TestCase("shop.[0-9", 6, "'[' is never closed")]
    [TestCase("shop.load}", 10, "'}' is not expected here")]
    [TestCase("alias(a.b,'x)", 11, "never ends")]
    [TestCase("alias(a.b,,'x')", 11, "a metric is missing before ','")]
    [TestCase("alias(a.b,)", 11, "a metric is missing before ')'")]
    [TestCase("alias(a.b 'x')", 11, "',' or ')' must follow")]
    [TestCase("summarize(a.b,func='sum','10s')", 26, "without a name cannot follow")]
    [TestCase("summarize(x=a.b)", 11, "the first argument must not have a name")]
    [TestCase("a.b | ", 7, "a function must follow '|'")]
    [TestCase("a.b | c.d", 7, "a function must follow '|'")]
    public void Check_Typo_IsRefusedWithItsPlace(string expression, int character, string what)
    {
        var fault = Assert.Throws<ConfigurationException>(() => RenderExpression.Check(expression))!;

        Assert.That(fault.Message, Does.Contain($"at character {character}: ").And.Contain(what));
    }

    [Test]
    public void Check_EndlessNesting_IsRefused() =>
        Assert.Throws<ConfigurationException>(() => RenderExpression.Check(string.Concat(Enumerable.Repeat("abs(", 100_000))));

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public Property Check_ExpressionWithoutOneOfItsParentheses_IsRefused() => Prop.ForAll(Calls().ToArbitrary(), Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), (expression, pick) =>
    {
        RenderExpression.Check(expression);
        int[] places = [.. Enumerable.Range(0, expression.Length).Where(i => expression[i] is '(' or ')')];
        var typo = expression.Remove(places[pick % places.Length], 1);
        return Assert.Catch<ConfigurationException>(() => RenderExpression.Check(typo)) is not null;
    });

    private static Gen<string> Calls() => Gen.Sized(size => Call(Math.Min(size, 4)));

    private static Gen<string> Call(int depth) =>
        from name in Gen.Elements("sumSeries", "alias", "averageSeriesWithWildcards")
        from arguments in Argument(depth).NonEmptyListOf()
        from space in Gen.Elements("", " ")
        select $"{name}({string.Join("," + space, arguments.Take(3))})";

    private static Gen<string> Argument(int depth) => depth == 0
        ? Gen.Elements("shop.*.load", "shop.{a,b}.load", "a.b[0-9]", "\"text\"", "'10s'", "-1.5", "true")
        : Gen.Frequency((2, Argument(0)), (1, Call(depth - 1)));

    [TestCase("sumSeris(shop.*.load)", "at character 1: there is no function 'sumSeris'; did you mean 'sumSeries'?")]
    [TestCase("alias(sumseries(shop.*.load), 'x')", "at character 7: there is no function 'sumseries'; did you mean 'sumSeries'?")]
    [TestCase("shop.load | sclae(2)", "did you mean 'scale'?")]
    [TestCase("myOwn(shop.load)", "unless the setting \"functions\" of the source names it")]
    public void Check_FunctionThatDoesNotExist_IsRefusedWhereFunctionsAreLookedUp(string expression, string words)
    {
        Assert.That(Assert.Throws<ConfigurationException>(() => RenderExpression.Check(expression, []))!.Message, Does.Contain(words));
        Assert.That(() => RenderExpression.Check(expression), Throws.Nothing, "the server says it itself");
    }

    [TestCase("myOwn(shop.load)")]
    [TestCase("aliasByNode(summarize(perSecond(shop.*.requests), '1min', 'max'), 1)")]
    [TestCase("seriesByTag('name=load') | scale(100)")]
    public void Check_FunctionThatExists_IsTaken(string expression) => Assert.That(() => RenderExpression.Check(expression, ["myOwn"]), Throws.Nothing);
}
