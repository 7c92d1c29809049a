using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Samples.Quickstart;

/// <summary>A small real web server: pages of the live release, an access log, a maintenance page and a heartbeat.</summary>
public static class WebServer
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(int port, SiteDirectory site)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var web = builder.Build();
        await using var log = OpenLog(site.Log);
        web.Use((http, next) => AnswerAsync(http, next, log));
        web.MapGet("/health", () => Results.Text(new ShopApp(site).RenderHealth(), "application/json"));
        web.MapGet("/", () => site switch
        {
            { Maintenance: true } => Results.Text("The shop is being renewed.", statusCode: StatusCodes.Status503ServiceUnavailable),
            { LiveRelease: null } => Results.NotFound(),
            _ => Results.Text(new ShopApp(site).RenderPage(), "text/html"),
        });
        await web.StartAsync();
        Console.WriteLine($"{web.Urls.First()}/");

        // The pipe from the owner ends when the owner ends, whatever it died of.
        await BeatAsync(site, until: Task.Run(() => Console.OpenStandardInput().ReadByte()));
        await web.StopAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next, TextWriter log)
    {
        var error = string.Empty;
        try
        {
            await next(http);
        }
        catch (Exception e)
        {
            error = $" {e.GetType().Name}: {e.Message}";
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await http.Response.WriteAsync("Something went wrong.");
        }

        await log.WriteLineAsync($"{DateTimeOffset.UtcNow:O} {http.Response.StatusCode} {http.Request.Method} {http.Request.Path}{error}");
    }

    /// <summary>A beat says more than "the process lives": it is only written when the shop's page can be made.</summary>
    private static async Task BeatAsync(SiteDirectory site, Task until)
    {
        await using var beats = OpenLog(site.Heartbeat);
        while (await Task.WhenAny(until, Task.Delay(HeartbeatInterval)) != until)
        {
            if (site is { LiveRelease: not null, Maintenance: false } && new ShopApp(site).CanRenderPage())
            {
                await beats.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"shop.heartbeat 1 {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}"));
            }
        }
    }

    private static TextWriter OpenLog(string path) =>
        TextWriter.Synchronized(new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true });
}
