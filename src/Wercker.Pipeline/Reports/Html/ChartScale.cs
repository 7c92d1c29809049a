using System.Globalization;

namespace Wercker.Pipeline.Reports.Html;

/// <summary>Maps a range of values to a range of pixels, with marks at round values.</summary>
internal readonly record struct ChartScale(double From, double To, double Start, double End)
{
    public double At(double value) => Start + ((value - From) / (To - From) * (End - Start));

    public string Of(double value) => Pixels(At(value));

    public static string Pixels(double length) => length.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A scale for all these values, with some air around them.</summary>
    public static ChartScale Around(IEnumerable<double> values, double start, double end)
    {
        double least = double.MaxValue, most = double.MinValue;
        foreach (var value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        // What does not change is drawn in the middle; halves, because the difference of the largest numbers is no number.
        var air = ((most / 2) - (least / 2)) / 5;
        air = air > 0 ? air : Math.Max(Math.Abs(most) / 10, 1);
        return new ChartScale(Math.Max(least - air, -double.MaxValue / 4), Math.Min(most + air, double.MaxValue / 4), start, end);
    }

    /// <summary>Round values within the range, at most six.</summary>
    public IEnumerable<double> Marks()
    {
        var step = Math.Pow(10, Math.Floor(Math.Log10((To - From) / 2)));
        step *= ((To - From) / step) switch
        {
            > 10 => 5,
            > 5 => 2,
            _ => 1,
        };

        // Counted, because adding one to a very large number may leave it as it was.
        for (var i = 0; i <= 6; i++)
        {
            var mark = (Math.Ceiling(From / step) + i) * step;
            if (mark <= To)
            {
                yield return mark;
            }
        }
    }

    /// <summary>A value in few characters: 1.2 M.</summary>
    public static string Words(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e15 or < 1e-4 => value.ToString("0.###e0", CultureInfo.InvariantCulture),
        >= 1e9 => (value / 1e9).ToString("0.## G", CultureInfo.InvariantCulture),
        >= 1e6 => (value / 1e6).ToString("0.## M", CultureInfo.InvariantCulture),
        >= 1e4 => (value / 1e3).ToString("0.## k", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
