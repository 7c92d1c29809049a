using System.Globalization;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>One line of an app's log: 2013-10-17T00:17:35.066089+00:00 app[web.1]: text.</summary>
internal sealed record LogLine(string Raw, DateTimeOffset At, string Source, string Process, string Message)
{
    private static readonly string[] LossCodes = ["Error L10", "Error L11", "Error L12", "Error L15", "L11 (", "L15 ("];

    /// <summary>True when it stands for lines that were lost on the way to the reader.</summary>
    public bool IsLoss => IsGap || Array.Exists(LossCodes, code => Message.StartsWith(code, StringComparison.Ordinal)) && Process is "logplex" or "log-shuttle";

    private bool IsGap { get; init; }

    /// <summary>Stands for lines that must be missing, although the platform does not say so.</summary>
    public static LogLine Gap(DateTimeOffset at, string why) => new(string.Empty, at, string.Empty, string.Empty, why) { IsGap = true };

    /// <summary>Reads a line; null when it is none of the log's.</summary>
    public static LogLine? Parse(string raw)
    {
        var blank = raw.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0 || !DateTimeOffset.TryParse(raw.AsSpan(0, blank), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return null;
        }

        var open = raw.IndexOf('[', blank);
        var close = open < 0 ? -1 : raw.IndexOf("]:", open, StringComparison.Ordinal);
        if (close < 0)
        {
            return new LogLine(raw, at, string.Empty, string.Empty, raw[(blank + 1)..]);
        }

        var text = close + 2;
        return new LogLine(raw, at, raw[(blank + 1)..open], raw[(open + 1)..close], text < raw.Length && raw[text] == ' ' ? raw[(text + 1)..] : raw[text..]);
    }
}
