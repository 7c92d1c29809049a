using System.Net;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Logs;

/// <summary>Reads what is in the log's buffer, all of it or an exception.</summary>
internal sealed class LogBacklog(HerokuApi api)
{
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads the buffer, the oldest line first.</summary>
    /// <param name="dyno">The one dyno whose lines are wanted; null for everything.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="HerokuException">The log could not be read to its end.</exception>
    public async Task<IReadOnlyList<LogLine>> ReadAsync(string? dyno, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var lines = new List<LogLine>();
                await foreach (var raw in new LogSession(api, tail: false, dyno).ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (LogLine.Parse(raw) is { } line)
                    {
                        lines.Add(line);
                    }
                }

                return lines;
            }
            catch (Exception e) when (tries < Tries && (e is IOException or HttpRequestException || e is HerokuException { IsTransient: true } or HerokuException { StatusCode: HttpStatusCode.NotFound, ErrorId: null }))
            {
                // A session that expired or broke off: a new one reads the same buffer from its start.
                await Task.Delay(Pause, api.Clock, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or HttpRequestException)
            {
                throw new HerokuException($"The log stream of {api.App} broke off {Tries} times: {e.Message}", e);
            }
        }
    }
}
