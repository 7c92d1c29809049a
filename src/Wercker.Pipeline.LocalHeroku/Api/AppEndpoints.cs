using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>Apps, their maintenance mode and their config vars.</summary>
internal static partial class AppEndpoints
{
    public static void Map(ApiPipeline api)
    {
        api.Map("GET", "/apps", All);
        api.Map("GET", "/users/{user}/apps", All);
        api.Map("POST", "/apps", CreateAsync);
        api.Map("GET", "/apps/{app}", Show);
        api.Map("PATCH", "/apps/{app}", ChangeAsync);
        api.Map("DELETE", "/apps/{app}", DeleteAsync);
        api.Map("GET", "/apps/{app}/config-vars", call => ApiAnswer.Ok(ReleaseViews.Map(call.App.ConfigVars)));
        api.Map("PATCH", "/apps/{app}/config-vars", ConfigureAsync);
        api.Map("GET", "/apps/{app}/collaborators", call => ApiAnswer.List([Views.Collaborator(call.Platform, call.App)]));
        api.Map("GET", "/apps/{app}/domains", call => ApiAnswer.List([Views.Domain(call.App)], "hostname", "id"));
        foreach (string nothing in new[] { "addons", "features", "buildpack-installations", "webhooks", "addon-attachments", "sni-endpoints" })
        {
            api.Map("GET", "/apps/{app}/" + nothing, Nothing);
        }

        foreach (string nothing in new[] { "addons", "addon-attachments", "pipelines", "spaces" })
        {
            api.Map("GET", "/" + nothing, _ => ApiAnswer.List([]));
        }

        api.Map("GET", "/apps/{app}/pipeline-couplings", NoCoupling);
        api.Map("DELETE", "/apps/{app}/build-cache", call =>
        {
            WorkDirectory.Remove(Path.Combine(call.Platform.Directory, "cache", call.App.Name));
            return ApiAnswer.Accepted();
        });
    }

    private static ApiAnswer All(ApiCall call) => ApiAnswer.List(call.Platform.Apps.All.Select(a => Views.App(call.Platform, a)), "name", "id", "updated_at");

    private static ApiAnswer Show(ApiCall call) => ApiAnswer.Ok(Views.App(call.Platform, call.App));

    private static ApiAnswer Nothing(ApiCall call)
    {
        _ = call.App;
        return ApiAnswer.List([]);
    }

    private static ApiAnswer NoCoupling(ApiCall call)
    {
        _ = call.App;
        throw ApiException.NotFound("pipeline coupling");
    }

    private static async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        string name = body.Text("name") ?? "app-" + Guid.NewGuid().ToString("N")[..12];
        if (!AppRegistry.IsName(name))
        {
            throw ApiException.Invalid("Name must start with a letter, end with a letter or digit and can only contain lowercase letters, digits, and dashes.");
        }

        try
        {
            App app = await call.Platform.CreateAppAsync(name).ConfigureAwait(false);
            return ApiAnswer.Created(Views.App(call.Platform, app));
        }
        catch (ArgumentException e)
        {
            throw ApiException.Invalid(e.Message);
        }
    }

    private static async Task<ApiAnswer> ChangeAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        if (body.Text("name") is { } name && name != app.Name)
        {
            throw ApiException.Invalid("The local platform does not rename apps.");
        }

        if (body.Flag("maintenance") is { } maintenance && !call.Platform.Faults.Take(Fault.IgnoreMaintenance))
        {
            app.SetMaintenance(maintenance);
        }

        return Show(call);
    }

    private static async Task<ApiAnswer> DeleteAsync(ApiCall call)
    {
        App app = call.App;
        JsonObject last = Views.App(call.Platform, app);
        await call.Platform.DeleteAppAsync(app).ConfigureAwait(false);
        return ApiAnswer.Ok(last);
    }

    private static async Task<ApiAnswer> ConfigureAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        var changes = new Dictionary<string, string?>();
        foreach ((string name, JsonNode? value) in body)
        {
            if (!VariableName().IsMatch(name))
            {
                throw ApiException.Invalid($"'{name}' is no name for a config var.");
            }

            // Numbers and booleans are taken as their text.
            changes[name] = value?.GetValueKind() switch
            {
                null => null,
                JsonValueKind.String => value.GetValue<string>(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.ToJsonString(),
                _ => throw ApiException.Invalid($"The value of {name} has to be a string or null."),
            };
        }

        app.ChangeConfigVars(changes);
        return ApiAnswer.Ok(ReleaseViews.Map(app.ConfigVars));
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex VariableName();
}
