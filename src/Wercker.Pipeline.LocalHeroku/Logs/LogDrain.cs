using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Wercker.Pipeline.LocalHeroku.Logs;

/// <summary>Posts every line of an app to an address, framed as logplex frames it (RFC 6587 octet counting).</summary>
internal sealed class LogDrain : IAsyncDisposable
{
    private const int MostAtOnce = 100;

    private readonly CancellationTokenSource _stop = new();
    private readonly LogTail _tail;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly Task _work;

    public LogDrain(Uri url, LogBuffer log, HttpClient http, TimeProvider time)
    {
        Url = url;
        _http = http;
        _time = time;
        CreatedAt = time.GetUtcNow();
        _tail = log.Read(new LogFilter(null, null), 0, long.MaxValue, follow: true).Tail!;
        _work = Task.Run(SendAsync);
    }

    public Guid Id { get; } = Guid.NewGuid();

    public string Token { get; } = "d." + Guid.NewGuid();

    public Uri Url { get; }

    public DateTimeOffset CreatedAt { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        _tail.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            while (await _tail.Lines.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
            {
                var body = new MemoryStream();
                int count = 0;
                while (count < MostAtOnce && _tail.Lines.TryRead(out LogLine? line))
                {
                    body.Write(Frame(line));
                    count++;
                }

                await PostAsync(body.ToArray(), count).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task PostAsync(byte[] body, int count)
    {
        // Three attempts, as a receiver may be restarting; then the lines are gone, as they would be on Heroku.
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Url) { Content = new ByteArrayContent(body) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/logplex-1");
                request.Headers.Add("Logplex-Msg-Count", count.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("Logplex-Frame-Id", Guid.NewGuid().ToString("N"));
                request.Headers.Add("Logplex-Drain-Token", Token);
                if (Url.UserInfo is { Length: > 0 } user)
                {
                    string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user)));
                    request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
                }

                using HttpResponseMessage response = await _http.SendAsync(request, _stop.Token).ConfigureAwait(false);
                if ((int)response.StatusCode < 500)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), _time, _stop.Token).ConfigureAwait(false);
        }
    }

    private static byte[] Frame(LogLine line)
    {
        int priority = line.Source == "heroku" ? 158 : 190;
        byte[] message = Encoding.UTF8.GetBytes($"<{priority}>1 {line.Timestamp} host {line.Source} {line.Process} - {line.Message}\n");
        return [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message];
    }
}
