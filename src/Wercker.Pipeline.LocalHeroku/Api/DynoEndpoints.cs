using System.Globalization;
using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Dynos;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>Dynos and the formation they make up.</summary>
internal static class DynoEndpoints
{
    private const int MostDynos = 100;

    public static void Map(ApiPipeline api)
    {
        api.Map("GET", "/apps/{app}/dynos", call => ApiAnswer.List(call.App.Dynos.All.Select(d => Views.Dyno(call.App, d)), "id", "name"));
        api.Map("POST", "/apps/{app}/dynos", RunAsync);
        api.Map("DELETE", "/apps/{app}/dynos", call => Restart(call, d => !d.IsOneOff));
        api.Map("GET", "/apps/{app}/dynos/{dyno}", call => ApiAnswer.Ok(Views.Dyno(call.App, Find(call))));
        api.Map("DELETE", "/apps/{app}/dynos/{dyno}", call => Restart(call, Is(Find(call))));
        api.Map("POST", "/apps/{app}/dynos/{dyno}/actions/stop", call => Stop(call, Is(Find(call))));
        api.Map("DELETE", "/apps/{app}/formations/{type}", call => Restart(call, IsOfType(call)));
        api.Map("POST", "/apps/{app}/formations/{type}/actions/stop", call => Stop(call, IsOfType(call)));
        api.Map("GET", "/apps/{app}/formation", call => Formation(call.App));
        api.Map("PATCH", "/apps/{app}/formation", ScaleManyAsync);
        api.Map("GET", "/apps/{app}/formation/{type}", call => ApiAnswer.Ok(Views.Formation(call.App, FindFormation(call))));
        api.Map("PATCH", "/apps/{app}/formation/{type}", ScaleOneAsync);
    }

    private static async Task<ApiAnswer> RunAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        if (call.Platform.Faults.Take(Fault.ConflictDynos))
        {
            throw new ApiException(409, "conflict", "The release is not visible yet, please try again later.");
        }

        int lifetime = body.Integer("time_to_live") ?? 86_400;
        if (lifetime is < 1 or > 86_400)
        {
            throw ApiException.Invalid("time_to_live has to be between 1 and 86400 seconds.");
        }

        OneOffDyno dyno = app.Dynos.StartOneOff(new OneOffRequest(body.RequiredText("command"))
        {
            Type = body.Text("type") ?? "run",
            Attach = body.Flag("attach") ?? false,
            Size = body.Text("size") ?? Dynos.Formation.DefaultSize,
            Environment = body.Map("env"),
            TimeToLive = TimeSpan.FromSeconds(lifetime),
        });
        return ApiAnswer.Created(Views.Dyno(app, dyno.Dyno));
    }

    private static ApiAnswer Restart(ApiCall call, Func<Dyno, bool> choose)
    {
        call.App.Dynos.Restart(choose);
        return ApiAnswer.Accepted();
    }

    private static ApiAnswer Stop(ApiCall call, Func<Dyno, bool> choose)
    {
        call.App.Dynos.Stop(choose);
        return ApiAnswer.Accepted();
    }

    private static ApiAnswer Formation(App app) => ApiAnswer.List(app.Dynos.Formations.Select(f => Views.Formation(app, f)), "id");

    private static async Task<ApiAnswer> ScaleManyAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        JsonArray updates = body["updates"] as JsonArray ?? throw ApiException.Invalid("updates is required and has to be an array.");
        foreach (JsonNode? update in updates)
        {
            JsonObject change = update as JsonObject ?? throw ApiException.Invalid("Each of updates has to be an object.");
            Scale(app, change.RequiredText("type"), change);
        }

        return Formation(app);
    }

    private static async Task<ApiAnswer> ScaleOneAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        return ApiAnswer.Ok(Views.Formation(call.App, Scale(call.App, call.Route("type"), body)));
    }

    private static Formation Scale(App app, string type, JsonObject change)
    {
        string? size = change.Text("size") ?? (change["dyno_size"] as JsonObject)?.Text("name");
        return app.Dynos.Scale(type, now => Math.Clamp(Quantity(change, now), 0, MostDynos), size)
            ?? throw new ApiException(404, "not_found", $"Couldn't find that process type ({type}).");
    }

    /// <summary>A number, or as text a number to set, or one with a sign to add.</summary>
    private static int Quantity(JsonObject change, int now)
    {
        if (change["quantity"] is not JsonValue value)
        {
            return now;
        }

        string text = value.ToString();
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            throw ApiException.Invalid("quantity has to be an integer.");
        }

        return text[0] is '+' or '-' ? now + number : number;
    }

    private static Dyno Find(ApiCall call) => call.App.Dynos.Find(call.Route("dyno")) ?? throw ApiException.NotFound("dyno");

    private static Func<Dyno, bool> Is(Dyno dyno) => other => other.Name == dyno.Name;

    private static Func<Dyno, bool> IsOfType(ApiCall call)
    {
        string type = call.Route("type");
        return dyno => dyno.Type == type;
    }

    private static Formation FindFormation(ApiCall call) =>
        call.App.Dynos.Formations.FirstOrDefault(f => f.Type == call.Route("type") || f.Id.ToString() == call.Route("type"))
        ?? throw ApiException.NotFound("formation");
}
