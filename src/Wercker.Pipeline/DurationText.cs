using System.Globalization;

namespace Wercker.Pipeline;

/// <summary>Durations as people say them.</summary>
internal static class DurationText
{
    public static string Of(TimeSpan time) => time.TotalMinutes >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} seconds");
}
