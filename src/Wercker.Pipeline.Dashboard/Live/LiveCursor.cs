using System.Globalization;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>How much of a deployment a viewer has: the last event, and the last line of the log.</summary>
/// <param name="Sequence">The sequence number of the last event; 0 for none.</param>
/// <param name="Line">The number of the last line; 0 for none.</param>
internal readonly record struct LiveCursor(long Sequence, long Line)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}-{Line}");

    /// <summary>Reads what a viewer says; nonsense is nothing.</summary>
    public static LiveCursor? Parse(string? text)
    {
        var parts = text is { Length: > 0 and < 64 } ? text.Split('-') : [];
        return parts.Length == 2 && Number(parts[0]) is { } sequence && Number(parts[1]) is { } line ? new LiveCursor(sequence, line) : null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
