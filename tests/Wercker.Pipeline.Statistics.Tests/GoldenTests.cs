using System.Text.Json;

namespace Wercker.Pipeline.Statistics.Tests;

/// <summary>Every statistic against what SciPy and NumPy say; Golden/make.py wrote the file.</summary>
public sealed class GoldenTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        using var file = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "golden.json")));
        foreach (var one in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            yield return new TestCaseData(one.Clone()).SetArgDisplayNames(one.GetProperty("name").GetString()!);
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void MannWhitney_Of_IsThatOfSciPy(JsonElement golden)
    {
        var test = MannWhitney.Of(Sorted(golden, "before"), Sorted(golden, "after"));

        Assert.That(test.U, Is.EqualTo(Number(golden, "u")));
        Assert.That(test.Effect, Is.EqualTo(Number(golden, "effect")).Within(1e-15));
        Assert.That(test.P, Is.EqualTo(Number(golden, "p")).Within(1e-9).Percent.Or.EqualTo(Number(golden, "p")).Within(1e-300));
    }

    [TestCaseSource(nameof(Cases))]
    public void HodgesLehmann_Of_IsThatOfAllDifferences(JsonElement golden)
    {
        var shift = HodgesLehmann.Of(Sorted(golden, "before"), Sorted(golden, "after"), 0.98);

        Assert.That(shift.Shift, Is.EqualTo(Number(golden, "shift")).Within(1e-12).Percent);
        Assert.That(shift.Low, Is.EqualTo(Number(golden, "low")));
        Assert.That(shift.High, Is.EqualTo(Number(golden, "high")));
    }

    [TestCaseSource(nameof(Cases))]
    public void WindowShape_Measure_IsThatOfNumPy(JsonElement golden)
    {
        var shape = new double[WindowShape.Size];
        WindowShape.Measure(Values(golden, "after"), Sorted(golden, "after"), shape);

        Assert.That(shape, Is.EqualTo(Values(golden, "shape")).Within(1e-9).Percent.Or.EqualTo(Values(golden, "shape")).Within(1e-12));
    }

    [TestCaseSource(nameof(Cases))]
    public void NaturalSpread_Chance_IsThatOfNumPy(JsonElement golden)
    {
        if (golden.GetProperty("spread").ValueKind == JsonValueKind.Null)
        {
            Assert.That(Values(golden, "before").Length < 60 || Values(golden, "after").Length < 12, Is.True, "only small samples make no windows");
            return;
        }

        var (before, after) = (Values(golden, "before"), Values(golden, "after"));
        var length = before.Length / 10;
        var spread = NaturalSpread.Of([.. Enumerable.Range(0, 10).Select(i => new ReadOnlyMemory<double>(before, i * length, length))], length, new ComparisonRules());
        var shape = new double[WindowShape.Size];
        WindowShape.Measure(after.AsSpan(0, length), [.. after.Take(length).Order()], shape);
        var size = spread.Farthest(shape, 0, WindowShape.Size).Size;

        Assert.That(new[] { size, spread.Chance(size) }, Is.EqualTo(Values(golden, "spread")).Within(1e-7).Percent);
    }

    [TestCaseSource(nameof(Cases))]
    public void Quantile_OfASample_IsThatOfNumPy(JsonElement golden)
    {
        var sorted = Sorted(golden, "before");

        Assert.That(new[] { NaturalSpread.Quantile(sorted, 0.1), NaturalSpread.Quantile(sorted, 0.9) }, Is.EqualTo(Values(golden, "quantiles")).Within(1e-10).Percent);
    }

    private static double Number(JsonElement golden, string name) => golden.GetProperty(name).GetDouble();

    private static double[] Values(JsonElement golden, string name) => [.. golden.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];

    private static double[] Sorted(JsonElement golden, string name) => [.. Values(golden, name).Order()];
}
