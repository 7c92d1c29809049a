using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Metrics;

/// <summary>Reads the settings of a threshold.</summary>
internal static class ThresholdReader
{
    public static IReadOnlyList<string> Keys { get; } =
    [
        "reduce", "minimum", "maximum", "failBelow", "failAbove", "interval", "count", "span", "initialDelay", "lag", "minimumPoints",
        "failureLimit", "inconclusiveLimit", "consecutiveErrorLimit", "consecutiveSuccessLimit",
    ];

    public static void Read(SettingsReader settings, ThresholdCheck check)
    {
        ReadReducer(settings, check);
        Set(settings.GetNumber("minimum"), check.AtLeast);
        Set(settings.GetNumber("maximum"), check.AtMost);
        Set(settings.GetNumber("failBelow"), check.FailBelow);
        Set(settings.GetNumber("failAbove"), check.FailAbove);
        Set(settings.GetDuration("interval"), check.Every);
        Set(settings.GetInteger("count", 1), check.Times);
        Set(settings.GetDuration("span"), check.Over);
        Set(settings.GetDuration("initialDelay", mayBeZero: true), check.InitialDelay);
        Set(settings.GetDuration("lag", mayBeZero: true), check.Lag);
        Set(settings.GetInteger("minimumPoints", 1), check.MinimumPoints);
        Set(settings.GetInteger("failureLimit", -1), check.FailureLimit);
        Set(settings.GetInteger("inconclusiveLimit", 0), check.InconclusiveLimit);
        Set(settings.GetInteger("consecutiveErrorLimit", 0), check.ConsecutiveErrorLimit);
        Set(settings.GetInteger("consecutiveSuccessLimit", 0), check.ConsecutiveSuccessLimit);
    }

    private static void ReadReducer(SettingsReader settings, ThresholdCheck check)
    {
        if (settings.GetText("reduce") is not { } word)
        {
            return;
        }

        _ = word.ToUpperInvariant() switch
        {
            "AVERAGE" => check.Average(),
            "MAXIMUM" => check.Maximum(),
            "MINIMUM" => check.Minimum(),
            "SUM" => check.Sum(),
            "LAST" => check.Last(),
            "COUNT" => check.Count(),
            ['P', .. var percent] when double.TryParse(percent, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var number) && number <= 100 => check.Percentile(number),
            _ => throw settings.Fault("reduce", $"is '{word}'; it must be \"average\", \"maximum\", \"minimum\", \"sum\", \"last\", \"count\", or a percentile such as \"p95\"."),
        };
    }

    private static void Set<T>(T? value, Func<T, ThresholdCheck> set)
        where T : struct
    {
        if (value is { } given)
        {
            set(given);
        }
    }
}
