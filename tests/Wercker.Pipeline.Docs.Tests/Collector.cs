using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>A server on loopback that takes everything and keeps it.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, string? Authorization, byte[] Body)> _requests = new();

    public Collector()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"{Url}/");
        _listener.Start();
        _ = CollectAsync();
    }

    public string Url { get; }

    public IReadOnlyList<(string Path, string? Authorization, byte[] Body)> Requests => [.. _requests];

    /// <summary>The bodies that were sent there, one behind the other.</summary>
    public byte[] BytesOf(string path) => [.. _requests.Where(request => request.Path == path).SelectMany(request => request.Body)];

    public void Dispose() => _listener.Close();

    private async Task CollectAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["Authorization"], body.ToArray()));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
