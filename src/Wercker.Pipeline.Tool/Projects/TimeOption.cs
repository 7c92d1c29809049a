using System.Globalization;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Reads times as people give them: a date with a time, seconds since 1970, or how long ago.</summary>
internal static class TimeOption
{
    // Larger numbers are milliseconds: these are seconds of the year 5138.
    private const double MostSeconds = 1e11;

    private static readonly string[] Formats =
        ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK", "yyyyMMddTHHmmssK"];

    /// <summary>Reads a time.</summary>
    /// <param name="option">The option's name, for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="now">What "-2h" counts from.</param>
    /// <param name="from">What "+10m" counts from; null where that means nothing.</param>
    /// <exception cref="ConfigurationException">The text is no time.</exception>
    public static DateTimeOffset Parse(string option, string text, DateTimeOffset now, DateTimeOffset? from = null)
    {
        var trimmed = text.Trim();
        if (trimmed == "now")
        {
            return now;
        }

        if (trimmed is ['-', .. var ago] && Duration(ago) is { } before)
        {
            return now - before;
        }

        if (trimmed is ['+', .. var later] && from is { } start && Duration(later) is { } after)
        {
            return start + after;
        }

        if (double.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && trimmed.Length != 8)
        {
            return seconds < MostSeconds
                ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
                : throw new ConfigurationException($"{option} {ConsoleText.CleanLine(text)}: the number is too large for seconds since 1970; are these milliseconds?");
        }

        // Without a zone it is a time of this machine, as all times are that the tool prints.
        return DateTimeOffset.TryParseExact(trimmed, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var time)
            ? time
            : throw new ConfigurationException(
                $"{option} '{ConsoleText.CleanLine(text)}' is no time: write \"2013-04-19T10:15:00Z\", seconds since 1970, \"-2h\" for two hours ago{(from is null ? string.Empty : ", \"+10m\" for ten minutes after the deployment")}.");
    }

    private static TimeSpan? Duration(string text)
    {
        try
        {
            return new SettingsReader(new JsonObject { ["time"] = text }, string.Empty).GetDuration("time");
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }
}
