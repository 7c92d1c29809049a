using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>Sends the lines of a log session, as server-sent events to clients that ask for them and as plain text to others.</summary>
internal static class LogStream
{
    public static async Task ServeAsync(LocalPlatform platform, HttpContext context)
    {
        if (!platform.LogSessions.TryGetValue((string)context.GetRouteValue("id")!, out LogSession? session)
            || platform.Time.GetUtcNow() - session.CreatedAt > LogSession.Life
            || platform.Faults.Take(Fault.ExpireLogSessions))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("Not found\n").ConfigureAwait(false);
            return;
        }

        bool asEvents = ServerSentEvents.AreWanted(platform, context.Request);
        long seen = asEvents ? ServerSentEvents.LastId(context.Request) : 0;
        context.Response.ContentType = asEvents ? ServerSentEvents.MediaType : "text/plain; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.Connection = "close";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, platform.Stopping);
        bool cut = platform.Faults.Take(Fault.CutLogStreams);
        try
        {
            // The head goes out before the first line. Without a retry time, clients of events wait three seconds before
            // they notice that there is no more.
            await SendAsync(context, asEvents ? "retry: 10\n\n" : "", end.Token).ConfigureAwait(false);

            await foreach (LogLine line in ReadAsync(session, seen, end.Token).ConfigureAwait(false))
            {
                string text = asEvents ? ServerSentEvents.Format(line.Number, line.ToString()) : line + "\n";
                await SendAsync(context, text, end.Token).ConfigureAwait(false);
                if (cut)
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

    private static async IAsyncEnumerable<LogLine> ReadAsync(
        LogSession session, long seen, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        (IReadOnlyList<LogLine> backlog, LogTail? tail) = session.Log.Read(session.Filter, session.Lines, seen, session.Tail);
        using (tail)
        {
            foreach (LogLine line in backlog)
            {
                yield return line;
            }

            if (tail is null)
            {
                yield break;
            }

            await foreach (LogLine line in tail.Lines.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return line;
            }
        }
    }

    private static async Task SendAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
