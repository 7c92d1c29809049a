using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Wercker.Pipeline.Dashboard.Api;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>A server-sent event, written once for all who watch.</summary>
/// <param name="Kind">Its event type.</param>
/// <param name="Data">Its data as JSON in one line.</param>
/// <param name="After">What a viewer has who has got it; null when it gives nothing.</param>
internal sealed record LiveFrame(string Kind, byte[] Data, LiveCursor? After)
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    public static LiveFrame Ping { get; } = new("ping", Nothing, null);

    public static LiveFrame Reload { get; } = new("reload", Nothing, null);

    /// <summary>Its id, for those who come back.</summary>
    public string? Id { get; } = After?.ToString();

    public static LiveFrame Event(DeployEvent e, LiveCursor after) => new("event", Json(LiveEvent.Of(e), DashboardJson.Default.LiveEvent), after);

    public static LiveFrame Lines(LiveLines lines, LiveCursor after) => new("log", Json(lines, DashboardJson.Default.LiveLines), after);

    public static LiveFrame Gap(long from, long to, LiveCursor after) => new("gap", Json(new LiveGap(from, to), DashboardJson.Default.LiveGap), after);

    public static LiveFrame End(DeployStatus verdict, LiveCursor after) => new("end", Json(new LiveEnd(verdict), DashboardJson.Default.LiveEnd), after);

    private static byte[] Json<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);
}
