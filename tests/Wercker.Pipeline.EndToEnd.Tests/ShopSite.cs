using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>
/// A web application that a deployment changes by writing two files: "version", which it shows in a header, and "mode", which says how it is.
/// It logs every request, and has metrics for Prometheus.
/// </summary>
internal sealed class ShopSite : IAsyncDisposable
{
    private readonly string _directory;
    private readonly Lock _log = new();
    private WebApplication? _application;

    private ShopSite(string directory) => _directory = directory;

    public Uri Url => new(_application!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public string Log => Path.Combine(_directory, "app.log");

    public static async Task<ShopSite> StartAsync(string directory)
    {
        var site = new ShopSite(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "version"), "before");
        await File.WriteAllTextAsync(Path.Combine(directory, "mode"), "good");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "shop" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        site._application = builder.Build();
        site._application.Run(site.AnswerAsync);
        await site._application.StartAsync();
        return site;
    }

    public void Write(DateTimeOffset at, string line)
    {
        lock (_log)
        {
            File.AppendAllText(Log, string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {line}\n"));
        }
    }

    public async ValueTask DisposeAsync() => await _application!.DisposeAsync();

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
