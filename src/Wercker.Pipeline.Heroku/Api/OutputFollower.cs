using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;

namespace Wercker.Pipeline.Heroku.Api;

/// <summary>Reads the output of a build or a release phase while it grows, and goes on where it was when the connection breaks.</summary>
internal sealed class OutputFollower(HerokuApi api, Uri url, IOutputWriter output)
{
    private const int LastTries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);
    private readonly EventPosition _events = new();
    private long _offset;
    private volatile bool _finished;

    /// <summary>Runs something to its end and shows this output meanwhile, all of it.</summary>
    public static async Task<T> WhileAsync<T>(HerokuApi api, string? url, IOutputWriter output, Func<Task<T>> run, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            return await run().ConfigureAwait(false);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var follower = new OutputFollower(api, address, output);
        var following = follower.FollowAsync(stop.Token);
        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            // The verdict is known; the rest of the words comes in a moment or not at all.
            follower._finished = true;
            await Task.WhenAny(following, Task.Delay(Drain, api.Clock, stop.Token)).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            try
            {
                await following.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // By the line above, or by the caller, who finds out by itself.
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        for (var lastTries = 0; lastTries < LastTries;)
        {
            var finishedBefore = _finished;
            if (await ReadAsync(cancellationToken).ConfigureAwait(false) && finishedBefore)
            {
                return;
            }

            lastTries += finishedBefore ? 1 : 0;
            if (!_finished)
            {
                await Task.Delay(Pause, api.Clock, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Reads on from where it was.</summary>
    /// <returns>True when the output came to an end by itself.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The address is the secret here: no key, and the address is in no message.
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            StreamForms.PreferPlain(request, _events.LastId);
            request.Headers.Range = _offset > 0 ? new RangeHeaderValue(_offset, null) : null;
            using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable;
            }

            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await (response.Content.Headers.ContentType?.MediaType == StreamForms.Events
                ? ReadEventsAsync(stream, cancellationToken)
                : ReadTextAsync(stream, response.StatusCode == HttpStatusCode.PartialContent ? 0 : _offset, cancellationToken)).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Polly.ExecutionRejectedException)
        {
            return false;
        }
    }

    private async Task ReadTextAsync(Stream stream, long skip, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            var old = (int)Math.Min(skip, count);
            skip -= old;
            _offset += count - old;
            await output.WriteAsync(OutputStream.Output, buffer.AsMemory(old, count - old), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadEventsAsync(Stream stream, CancellationToken cancellationToken)
    {
        var events = SseParser.Create(stream);
        _events.Reopen();
        await foreach (var one in events.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_events.IsNew(events.LastEventId))
            {
                await output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(one.Data + "\n"), cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
