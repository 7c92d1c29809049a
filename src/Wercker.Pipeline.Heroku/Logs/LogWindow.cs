using System.Net;
using System.Runtime.CompilerServices;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>Reads all lines of a window of time. Where some are missing, a line says so (<see cref="LogLine.IsLoss"/>): a gap is never taken for silence.</summary>
internal sealed class LogWindow(HerokuApi api, DateTimeOffset from, DateTimeOffset until)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after the end of the window its last lines may still be on their way.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    private const int MostFailures = 5;

    public IAsyncEnumerable<LogLine> ReadAsync(CancellationToken cancellationToken) =>
        until > api.Clock.GetUtcNow() ? TailAsync(cancellationToken) : BacklogAsync(cancellationToken);

    private async IAsyncEnumerable<LogLine> BacklogAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = await new LogBacklog(api).ReadAsync(null, cancellationToken).ConfigureAwait(false);
        if (lines.Count >= LogSession.MostLines && lines[0].At > from)
        {
            yield return LogLine.Gap(from, LogSeam.BufferIsShort(lines[0].At));
        }

        // What is told after the window may be about it: "dropped 12 messages since ...".
        foreach (var line in lines.Where(line => line.At >= from && (line.At < until || line.IsLoss)))
        {
            yield return line;
        }
    }

    /// <summary>Follows the log to the end of the window; a session that breaks off is gone on with, or taken up by another one, which begins in the buffer.</summary>
    private async IAsyncEnumerable<LogLine> TailAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(until + Delay - api.Clock.GetUtcNow(), api.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        var seam = new LogSeam(from);
        LogSession? session = null;
        for (var failures = 0; !end.IsCancellationRequested;)
        {
            seam.Open(api.Clock.GetUtcNow(), session?.LastId);
            session ??= new LogSession(api, tail: true, dyno: null);
            var isUsable = false;
            var lines = session.ReadAsync(any.Token).GetAsyncEnumerator(any.Token);
            await using (lines.ConfigureAwait(false))
            {
                while (true)
                {
                    string? raw;
                    try
                    {
                        raw = await lines.MoveNextAsync().ConfigureAwait(false) ? lines.Current : null;
                    }
                    catch (OperationCanceledException) when (end.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                    {
                        raw = null;
                    }
                    catch (Exception e) when (IsTransient(e) && ++failures <= MostFailures)
                    {
                        raw = null;
                    }

                    if (raw is null)
                    {
                        break;
                    }

                    if (LogLine.Parse(raw) is not { } line)
                    {
                        continue;
                    }

                    var join = seam.Join(line, session.LastId);
                    if (join == LogJoin.Doubtful)
                    {
                        isUsable = false;
                        break;
                    }

                    isUsable = session.LastId is not null;
                    if (seam.Gap is { } gap)
                    {
                        yield return gap;
                    }

                    if (join == LogJoin.Known)
                    {
                        continue;
                    }

                    if (line.At >= until)
                    {
                        yield break;
                    }

                    if (line.At >= from)
                    {
                        failures = 0;
                        yield return line;
                    }
                }
            }

            session = isUsable ? session : null;
            if (!end.IsCancellationRequested)
            {
                await Task.Delay(Pause, api.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsTransient(Exception e) =>
        e is IOException or HttpRequestException or HerokuException { IsTransient: true } or HerokuException { StatusCode: HttpStatusCode.NotFound, ErrorId: null };
}
