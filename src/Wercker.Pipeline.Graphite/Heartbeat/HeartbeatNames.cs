namespace Wercker.Pipeline.Graphite.Heartbeat;

/// <summary>What a heartbeat's metrics are called: key.host.heartbeat, and key.host.version.VERSION.</summary>
internal static class HeartbeatNames
{
    // Names of metrics are paths in Graphite's store, and file systems end at 255.
    private const int LongestSegment = 120;

    /// <exception cref="ConfigurationException">Nothing of the key or the host is left that can stand in a name.</exception>
    public static IReadOnlyList<string> Of(string key, string host, string? version)
    {
        var prefix = string.Join('.', key.Split('.').Select(Segment).Where(segment => segment.Length > 0));
        var instance = Segment(host);
        if (prefix.Length == 0 || instance.Length == 0)
        {
            throw new ConfigurationException($"The metrics key '{key}' and the host '{host}' must each have a letter or a digit.");
        }

        var running = Segment(version ?? string.Empty);
        return running.Length == 0 ? [$"{prefix}.{instance}.heartbeat"] : [$"{prefix}.{instance}.heartbeat", $"{prefix}.{instance}.version.{running}"];
    }

    /// <summary>A text as one part of a name: anything but letters, digits, - and _ becomes _. Empty when there is no letter or digit in it.</summary>
    public static string Segment(string text)
    {
        text = text.Trim();
        return text.Any(char.IsAsciiLetterOrDigit)
            ? string.Concat(text.Take(LongestSegment).Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'))
            : string.Empty;
    }
}
