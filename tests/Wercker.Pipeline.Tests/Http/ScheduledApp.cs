using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Wercker.Pipeline.Tests.Http;

/// <summary>An application on a real socket that answers by a schedule, one word for each try; the last one stays.</summary>
internal sealed class ScheduledApp : IDisposable
{
    private readonly string[] _schedule;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private TcpListener? _listener;
    private int _next;

    public ScheduledApp(params string[] schedule)
    {
        _schedule = schedule;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = ServeAsync(_listener);
        Prepare();
    }

    public string Url => $"http://127.0.0.1:{_port}/";

    public static string Answer(string word) => word switch
    {
        "new" => Http("200 OK", "X-Version: 2", "{\"status\":\"ok\"}"),
        "bad" => Http("200 OK", "X-Version: 2", "{\"status\":\"down\"}"),
        "old" => Http("200 OK", "X-Version: 1", "{\"status\":\"ok\"}"),
        "unversioned" => Http("200 OK", null, "{\"status\":\"ok\"}"),
        "error" => Http("500 Internal Server Error", null, "oops"),
        "new-error" => Http("500 Internal Server Error", "X-Version: 2", "oops"),
        "old-error" => Http("500 Internal Server Error", "X-Version: 1", "oops"),
        "502" => Http("502 Bad Gateway", null, "<h1>Bad Gateway</h1>"),
        "503" => Http("503 Service Unavailable", null, "<h1>Maintenance</h1>"),
        "new-503" => Http("503 Service Unavailable", "X-Version: 2", "overloaded"),
        "garbage" => "SSH-2.0-OpenSSH_9.2\r\n",
        "empty" or "reset" or "refused" => string.Empty,
        _ => throw new ArgumentException($"'{word}' is no word of a schedule."),
    };

    /// <summary>What comes next has come: called between two tries, and before the first one.</summary>
    public void Prepare()
    {
        // A try that was refused has not been served.
        if (_listener is null)
        {
            _next++;
        }

        if (Word == "refused")
        {
            _listener?.Dispose();
            _listener = null;
        }
        else if (_listener is null)
        {
            _listener = new TcpListener(IPAddress.Loopback, _port);
            _listener.Start();
            _ = ServeAsync(_listener);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener?.Dispose();
        _stop.Dispose();
    }

    private string Word => _schedule[Math.Min(_next, _schedule.Length - 1)];

    private static string Http(string status, string? header, string body) =>
        $"HTTP/1.1 {status}\r\n{(header is null ? string.Empty : header + "\r\n")}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    private async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(_stop.Token);
                await ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or InvalidOperationException)
        {
            // Stopped, or the other side has gone.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var word = Word;
        _next++;
        var stream = client.GetStream();
        var request = new byte[8192];
        _ = await stream.ReadAsync(request, _stop.Token);
        if (word == "reset")
        {
            client.Client.LingerState = new LingerOption(true, 0);
            return;
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer(word)), _stop.Token);
    }
}
