using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>Releases, roll backs, and slugs made elsewhere.</summary>
internal static class ReleaseEndpoints
{
    public static void Map(ApiPipeline api, LocalPlatform platform)
    {
        api.Map("GET", "/apps/{app}/releases", All);
        api.Map("POST", "/apps/{app}/releases", CreateAsync);
        api.Map("GET", "/apps/{app}/releases/{release}", call => ApiAnswer.Ok(ReleaseViews.Release(call.Platform, call.App, Find(call))));
        api.Map("GET", "/apps/{app}/releases/{release}/config-vars", call => ApiAnswer.Ok(ReleaseViews.Map(Find(call).ConfigVars)));
        api.Map("POST", "/apps/{app}/slugs", CreateSlugAsync);
        api.Map("GET", "/apps/{app}/slugs/{slug}", call => ApiAnswer.Ok(ReleaseViews.Slug(call.Platform, FindSlug(call.App, call.Route("slug")), "get")));
        api.MapRaw("PUT", "/slugs/{secret}", context => UploadAsync(platform, context));
        api.MapRaw("GET", "/slugs/{secret}", context => DownloadAsync(platform, context));
    }

    private static ApiAnswer All(ApiCall call)
    {
        App app = call.App;
        return ApiAnswer.List(app.Releases.All.Select(r => ReleaseViews.Release(call.Platform, app, r)), "version", "id");
    }

    private static async Task<ApiAnswer> CreateAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        Release release;
        if (body.Text("release") is { } target)
        {
            Release old = app.Releases.Find(target) ?? throw ApiException.NotFound("release");
            if (!app.Releases.IsEligibleForRollback(old))
            {
                string reason = old.Slug is null ? "it had no app deployed" : old.Status == Release.Succeeded ? "it has expired" : $"its status is {old.Status}";
                throw ApiException.Invalid($"Cannot roll back to v{old.Version}: {reason}.");
            }

            release = app.Releases.RollBack(old);
        }
        else
        {
            Slug slug = FindSlug(app, body.RequiredText("slug"));
            if (slug.Size == 0)
            {
                throw ApiException.Invalid("Nothing was uploaded for that slug yet.");
            }

            release = app.Releases.Create(body.Text("description") ?? "Deploy", slug);
        }

        return ApiAnswer.Created(ReleaseViews.Release(call.Platform, app, release));
    }

    private static async Task<ApiAnswer> CreateSlugAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        IReadOnlyDictionary<string, string> types = body.Map("process_types");
        if (types.Count == 0)
        {
            throw ApiException.Invalid("process_types is required.");
        }

        var slug = new Slug(call.Platform.NewPath("slugs", ".tgz"), types, call.Platform.Time.GetUtcNow())
        {
            Commit = body.Text("commit"),
            CommitDescription = body.Text("commit_description"),
            Checksum = body.Text("checksum"),
        };
        app.Slugs[slug.Id] = slug;
        return ApiAnswer.Created(ReleaseViews.Slug(call.Platform, slug, "put"));
    }

    private static async Task UploadAsync(LocalPlatform platform, HttpContext context)
    {
        if (FindBySecret(platform, context) is not { } slug)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        FileStream file = File.Create(slug.Archive);
        await using (file.ConfigureAwait(false))
        {
            await context.Request.Body.CopyToAsync(file, context.RequestAborted).ConfigureAwait(false);
            file.Position = 0;
            slug.Checksum = "SHA256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(file, context.RequestAborted).ConfigureAwait(false));
        }
    }

    private static async Task DownloadAsync(LocalPlatform platform, HttpContext context)
    {
        if (FindBySecret(platform, context) is not { Size: > 0 } slug)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/gzip";
        context.Response.ContentLength = slug.Size;
        FileStream file = File.OpenRead(slug.Archive);
        await using (file.ConfigureAwait(false))
        {
            await file.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Slug? FindBySecret(LocalPlatform platform, HttpContext context) =>
        platform.Apps.All.SelectMany(a => a.Slugs.Values).FirstOrDefault(s => s.Secret == (string?)context.GetRouteValue("secret"));

    private static Slug FindSlug(App app, string id) =>
        Guid.TryParse(id, out Guid guid) && app.Slugs.TryGetValue(guid, out Slug? slug) ? slug : throw ApiException.NotFound("slug");

    private static Release Find(ApiCall call) => call.App.Releases.Find(call.Route("release")) ?? throw ApiException.NotFound("release");
}
