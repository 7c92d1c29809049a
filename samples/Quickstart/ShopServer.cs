using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Samples.Quickstart;

/// <summary>The shop as a web process: binds $PORT, and writes errors and heartbeats to its standard output, which is the app's log.</summary>
public static class ShopServer
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(0.2);

    public static async Task<int> RunAsync(string directory)
    {
        var shop = new Shop(directory);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var web = builder.Build();
        web.Urls.Add($"http://127.0.0.1:{Environment.GetEnvironmentVariable("PORT")}");
        web.Use(AnswerAsync);
        web.MapGet("/health", () => Results.Text(shop.RenderHealth(), "application/json"));
        web.MapGet("/", () => Results.Text(shop.RenderPage(), "text/html"));
        await web.StartAsync();
        await BeatAsync(shop, web.Lifetime.ApplicationStopping);
        await web.StopAsync();
        return 0;
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception e)
        {
            await Console.Out.WriteLineAsync($"error: {http.Request.Method} {http.Request.Path}: {e.Message}");
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            await http.Response.WriteAsync("Something went wrong.");
        }
    }

    /// <summary>A beat says more than "the process lives": it is only written when the shop's page can be made.</summary>
    private static async Task BeatAsync(Shop shop, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = shop.RenderPage();
                await Console.Out.WriteLineAsync("shop.heartbeat 1");
            }
            catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
            {
                // No page, no beat.
            }

            await Task.Delay(HeartbeatInterval, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
