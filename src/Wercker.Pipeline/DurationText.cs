using System.Buffers;
using System.Globalization;

namespace Wercker.Pipeline;

/// <summary>Durations as people say them.</summary>
internal static class DurationText
{
    private const double MaximumSeconds = 366 * 86400;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static string Of(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} seconds");

    /// <summary>Reads a number of seconds, or numbers with units: "250ms", "30s", "3m", "1h30m", "2d".</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = TimeSpan.Zero;
        var rest = text.AsSpan().Trim();
        var seconds = 0.0;
        for (var first = true; first || rest.Length > 0; first = false)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            var number = digits < 0 ? rest : rest[..digits];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }

            rest = rest[number.Length..];
            var letters = rest.IndexOfAny(Digits);
            var unit = letters < 0 ? rest : rest[..letters];
            rest = rest[unit.Length..];
            if (FactorOf(unit, first && rest.Length == 0) is not { } factor || (seconds += value * factor) > MaximumSeconds)
            {
                return false;
            }
        }

        time = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>The unit in seconds. A number alone needs none.</summary>
    private static double? FactorOf(ReadOnlySpan<char> unit, bool alone) => unit switch
    {
        "ms" => 0.001,
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        "" when alone => 1,
        _ => null,
    };
}
