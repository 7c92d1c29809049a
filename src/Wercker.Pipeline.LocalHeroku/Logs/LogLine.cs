using System.Globalization;

namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>One line as logplex keeps it: <c>TIME SOURCE[PROCESS]: MESSAGE</c>.</summary>
internal sealed record LogLine(long Number, DateTimeOffset Time, string Source, string Process, string Message)
{
    public override string ToString() => $"{Timestamp} {Source}[{Process}]: {Message}";

    public string Timestamp => Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00:00";
}
