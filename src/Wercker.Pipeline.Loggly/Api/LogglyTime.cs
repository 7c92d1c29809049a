using System.Globalization;

namespace Wercker.Pipeline.Loggly.Api;

/// <summary>Times as Loggly writes and reads them.</summary>
internal static class LogglyTime
{
    /// <summary>ISO 8601 in UTC with milliseconds, which both generations take.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>2011-09-21T18:48:55.151Z, and 2010-02-17 18:08:45.912-0000 of the first generation.</summary>
    public static bool TryParse(string? text, out DateTimeOffset time)
    {
        // .NET reads offsets with a colon only.
        var fitting = text is [.., '+' or '-', _, _, _, _] ? text.Insert(text.Length - 2, ":") : text;
        return DateTimeOffset.TryParse(fitting, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
