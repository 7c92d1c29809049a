using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>The form of logs and output for clients that ask for it; its ids allow them to go on after a break.</summary>
internal static class ServerSentEvents
{
    public const string MediaType = "text/event-stream";
    private const string Plain = "text/plain";

    /// <summary>True when the client likes events at least as much as plain text, unless a switch decides.</summary>
    public static bool AreWanted(LocalPlatform platform, HttpRequest request) =>
        platform.Faults.EventStreamsOnly
        || (!platform.Faults.PlainStreamsOnly && Liking(request, MediaType) is > 0 and var events && events >= Liking(request, Plain));

    /// <summary>The id after which the client goes on; 0 for the beginning.</summary>
    public static long LastId(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : 0;

    /// <summary>One event. A carriage return would end a line of it, so it starts another one.</summary>
    public static string Format(long id, string text)
    {
        var one = new StringBuilder();
        one.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        foreach (string line in text.Split('\r'))
        {
            one.Append("data: ").Append(line).Append('\n');
        }

        return one.Append('\n').ToString();
    }

    private static double Liking(HttpRequest request, string mediaType) => request.GetTypedHeaders().Accept
        .Where(range => range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
        .Select(range => range.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
