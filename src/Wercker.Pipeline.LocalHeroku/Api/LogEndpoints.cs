using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Logs;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>Log sessions, drains, and the streams of logs and of output.</summary>
internal static class LogEndpoints
{
    private const int DefaultLines = 100;
    private const int MostLines = 1500;

    public static void Map(ApiPipeline api, LocalPlatform platform)
    {
        api.Map("POST", "/apps/{app}/log-sessions", OpenAsync);
        api.Map("GET", "/apps/{app}/log-drains", call => ApiAnswer.List(call.App.Drains.Values.Select(d => Views.Drain(call.App, d))));
        api.Map("POST", "/apps/{app}/log-drains", AddDrainAsync);
        api.Map("GET", "/apps/{app}/log-drains/{drain}", call => ApiAnswer.Ok(Views.Drain(call.App, Find(call))));
        api.Map("DELETE", "/apps/{app}/log-drains/{drain}", RemoveDrainAsync);
        api.MapRaw("GET", "/sessions/{id}", context => LogStream.ServeAsync(platform, context));
        api.MapRaw("GET", "/streams/{id}", context => OutputResponse.ServeAsync(platform, context));
    }

    private static async Task<ApiAnswer> OpenAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        string? process = body.Text("dyno") ?? body.Text("dyno_name") ?? body.Text("type");
        int lines = body.Integer("lines") ?? DefaultLines;
        if (lines < 0)
        {
            throw ApiException.Invalid("lines must not be negative.");
        }

        LocalPlatform platform = call.Platform;
        DateTimeOffset now = platform.Time.GetUtcNow();
        foreach (LogSession old in platform.LogSessions.Values.Where(s => now - s.CreatedAt > LogSession.Life))
        {
            platform.LogSessions.TryRemove(old.Id, out _);
        }

        var session = new LogSession(
            Guid.NewGuid().ToString(),
            app.Log,
            new LogFilter(body.Text("source"), process),
            Math.Min(lines, MostLines),
            body.Flag("tail") ?? false,
            now);
        platform.LogSessions[session.Id] = session;
        return ApiAnswer.Created(Views.LogSession(platform, session));
    }

    private static async Task<ApiAnswer> AddDrainAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        if (!Uri.TryCreate(body.RequiredText("url"), UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw ApiException.Invalid("url has to be an absolute URL of http or https.");
        }

        var drain = new LogDrain(url, app.Log, call.Platform.Http, call.Platform.Time);
        app.Drains[drain.Id] = drain;
        return ApiAnswer.Created(Views.Drain(app, drain));
    }

    private static async Task<ApiAnswer> RemoveDrainAsync(ApiCall call)
    {
        LogDrain drain = Find(call);
        call.App.Drains.TryRemove(drain.Id, out _);
        await drain.DisposeAsync().ConfigureAwait(false);
        return ApiAnswer.Ok(Views.Drain(call.App, drain));
    }

    private static LogDrain Find(ApiCall call)
    {
        string wanted = Uri.UnescapeDataString(call.Route("drain"));
        return call.App.Drains.Values.FirstOrDefault(d => d.Id.ToString() == wanted || d.Token == wanted || d.Url.ToString() == wanted)
            ?? throw ApiException.NotFound("log drain");
    }
}
