using System.Globalization;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Tests.Http;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>
/// A web application that a deployment changes by writing two files: "version", which it shows in a header, and "mode", which says how it is.
/// It logs every request, and has metrics for Prometheus.
/// </summary>
internal sealed class ShopSite : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Lock _log = new();
    private LocalSite? _site;

    private ShopSite(string directory) => _directory = directory;

    public Uri Url => new(_site!.Url);

    public string Log => Path.Combine(_directory, "app.log");

    public static async Task<ShopSite> StartAsync(string directory)
    {
        var site = new ShopSite(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "version"), "before");
        await File.WriteAllTextAsync(Path.Combine(directory, "mode"), "good");
        site._site = await LocalSite.StartAsync(site.AnswerAsync);
        return site;
    }

    public void Write(DateTimeOffset at, string line)
    {
        lock (_log)
        {
            File.AppendAllText(Log, string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line}\n"));
        }
    }

    public async ValueTask DisposeAsync() => await _site!.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var mode = File.ReadAllText(Path.Combine(_directory, "mode")).Trim();
        context.Response.Headers["X-Version"] = File.ReadAllText(Path.Combine(_directory, "version")).Trim();
        Write(TimeProvider.System.GetUtcNow(), mode == "errors" ? "ERROR no connection to the database" : $"INFO GET {context.Request.Path}");
        return context.Response.WriteAsync(context.Request.Path == "/metrics"
            ? $"shop_queue_length {(mode == "queue" ? 500 : 3)}\n"
            : mode == "down" ? """{"status": "down"}""" : """{"status": "ok"}""");
    }
}
