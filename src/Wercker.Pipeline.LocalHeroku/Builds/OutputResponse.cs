using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>
/// Sends output while it is written. A reader that was cut off goes on by <c>Range: bytes=N-</c>, or by
/// <c>Last-Event-ID</c> when it reads server-sent events, whose ids are offsets.
/// </summary>
internal static partial class OutputResponse
{
    public static async Task ServeAsync(LocalPlatform platform, HttpContext context)
    {
        if (!platform.Streams.TryGetValue((string)context.GetRouteValue("id")!, out OutputStream? output))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        bool asEvents = ServerSentEvents.AreWanted(platform, context.Request);
        Match range = FromByte().Match(context.Request.Headers.Range.ToString());
        long offset = 0;
        if (asEvents)
        {
            offset = ServerSentEvents.LastId(context.Request);
        }
        else if (range.Success)
        {
            offset = long.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {offset}-/*";
        }

        context.Response.ContentType = asEvents ? ServerSentEvents.MediaType : "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, platform.Stopping);
        try
        {
            // The head goes out at once, so that the reader knows the stream is there.
            await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
            while (await output.ReadAsync(offset, end.Token).ConfigureAwait(false) is { Length: > 0 } bytes)
            {
                offset += bytes.Length;
                byte[] piece = asEvents ? AsEvents(bytes, offset) : bytes;
                await context.Response.Body.WriteAsync(piece, end.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
                if (platform.Faults.Take(Fault.CutOutputStreams))
                {
                    context.Abort();
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The reader went away, or the platform goes down.
        }
    }

    private static byte[] AsEvents(byte[] bytes, long end)
    {
        var events = new StringBuilder();
        long offset = end - bytes.Length;
        foreach (string line in Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n'))
        {
            offset += Encoding.UTF8.GetByteCount(line) + 1;
            events.Append(ServerSentEvents.Format(offset, line));
        }

        return Encoding.UTF8.GetBytes(events.ToString());
    }

    [GeneratedRegex(@"^bytes=(\d{1,18})-$")]
    private static partial Regex FromByte();
}
