using System.Net;
using System.Runtime.CompilerServices;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>Reads all lines of a window of time, or throws: a gap is never taken for silence.</summary>
internal sealed class LogWindow(HerokuApi api, DateTimeOffset from, DateTimeOffset until)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How long after the end of the window its last lines may still be on their way.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);

    private const int MostFailures = 5;
    private LogLine? _last;
    private int _sameTime;

    public IAsyncEnumerable<LogLine> ReadAsync(CancellationToken cancellationToken) =>
        until > api.Clock.GetUtcNow() ? TailAsync(cancellationToken) : BacklogAsync(cancellationToken);

    private async IAsyncEnumerable<LogLine> BacklogAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = await new LogBacklog(api).ReadAsync(null, cancellationToken).ConfigureAwait(false);
        if (lines.Count >= LogSession.MostLines && lines[0].At > from)
        {
            throw Gap($"the platform keeps {LogSession.MostLines} lines, and the oldest is of {lines[0].At:O}, after the window began");
        }

        foreach (var line in lines.Where(line => line.At >= from && line.At < until))
        {
            Check(line);
            yield return line;
        }
    }

    /// <summary>Follows the log to the end of the window; a session that breaks off is taken up by another one, which begins in the buffer.</summary>
    private async IAsyncEnumerable<LogLine> TailAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(until + Delay - api.Clock.GetUtcNow(), api.Clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, end.Token);
        for (var failures = 0; !end.IsCancellationRequested;)
        {
            var skip = _last is null ? 0 : _sameTime;
            var number = 0;
            var openedAt = api.Clock.GetUtcNow();
            DateTimeOffset? first = null;
            var isFirstSession = _last is null;
            var lines = LogSession.ReadAsync(api, tail: true, null, any.Token).GetAsyncEnumerator(any.Token);
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

                    number++;
                    first ??= line.At;
                    if (number == LogSession.MostLines && line.At < openedAt && first > from && isFirstSession)
                    {
                        throw Gap($"the platform keeps {LogSession.MostLines} lines, and the oldest is of {first:O}, after the window began");
                    }

                    if (_last is not null && (line.At < _last.At || (line.At == _last.At && skip-- > 0)))
                    {
                        continue;
                    }

                    // The first new line of a full buffer: something may have been pushed out before it.
                    if (number == 1 && line.At > (_last?.At ?? from) && _last is not null)
                    {
                        throw Gap($"the session broke off, and the platform kept nothing between {_last.At:O} and {line.At:O}");
                    }

                    Remember(line);
                    if (line.At >= until)
                    {
                        yield break;
                    }

                    if (line.At >= from)
                    {
                        Check(line);
                        failures = 0;
                        yield return line;
                    }
                }
            }

            if (!end.IsCancellationRequested)
            {
                await Task.Delay(Pause, api.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private void Remember(LogLine line)
    {
        _sameTime = _last is not null && _last.At == line.At ? _sameTime + 1 : 1;
        _last = line;
    }

    private void Check(LogLine line)
    {
        if (line.IsLoss)
        {
            throw Gap($"the platform says: {line.Message}");
        }
    }

    private HerokuException Gap(string why) => new($"The log of {api.App} is incomplete from {from:O} to {until:O}: {why}. What was not seen is not taken for silence; use a log drain for apps that write this much.");

    private static bool IsTransient(Exception e) =>
        e is IOException or HttpRequestException or HerokuException { IsTransient: true } or HerokuException { StatusCode: HttpStatusCode.NotFound, ErrorId: null };
}
