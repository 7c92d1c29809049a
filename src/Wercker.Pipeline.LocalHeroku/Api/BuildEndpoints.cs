using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>Builds of uploaded sources.</summary>
internal static class BuildEndpoints
{
    public static void Map(ApiPipeline api, LocalPlatform platform)
    {
        api.Map("POST", "/sources", CreateSource);
        api.Map("POST", "/apps/{app}/sources", CreateSource);
        api.MapRaw("PUT", "/sources/{id}", context => UploadAsync(platform, context));
        api.Map("GET", "/apps/{app}/builds", call => ApiAnswer.List(call.App.Builder.All.Select(b => ReleaseViews.Build(call.Platform, call.App, b)), "id", "created_at"));
        api.Map("POST", "/apps/{app}/builds", BuildAsync);
        api.Map("DELETE", "/apps/{app}/builds/{build}", CancelAsync);
        api.Map("GET", "/apps/{app}/builds/{build}", call => ApiAnswer.Ok(ReleaseViews.Build(call.Platform, call.App, Find(call))));
    }

    private static ApiAnswer CreateSource(ApiCall call)
    {
        string url = $"{call.Platform.ApiUrl}sources/{Guid.NewGuid():N}{Guid.NewGuid():N}";
        return ApiAnswer.Created(new JsonObject { ["source_blob"] = new JsonObject { ["get_url"] = url, ["put_url"] = url } });
    }

    private static async Task UploadAsync(LocalPlatform platform, HttpContext context)
    {
        string id = (string)context.GetRouteValue("id")!;
        if (id.Length != 64 || !id.All(char.IsAsciiHexDigit))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        FileStream file = File.Create(SourceFile(platform, id));
        await using (file.ConfigureAwait(false))
        {
            await context.Request.Body.CopyToAsync(file, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static async Task<ApiAnswer> BuildAsync(ApiCall call)
    {
        JsonObject body = await call.ReadBodyAsync().ConfigureAwait(false);
        App app = call.App;
        JsonObject blob = body["source_blob"] as JsonObject ?? throw ApiException.Invalid("source_blob is required and has to be an object.");
        var source = new BuildSource(blob.RequiredText("url"), blob.Text("version"), blob.Text("version_description"), blob.Text("checksum"));
        if (!Uri.TryCreate(source.Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw ApiException.Invalid("source_blob.url has to be an absolute URL of http or https.");
        }

        Build build = app.Builder.Start(source, directory => FetchAsync(call.Platform, url, source.Checksum, directory));
        return ApiAnswer.Created(ReleaseViews.Build(call.Platform, app, build));
    }

    private static async Task<ApiAnswer> CancelAsync(ApiCall call)
    {
        Build build = Find(call);
        await build.CancelAsync().ConfigureAwait(false);
        return ApiAnswer.Ok(ReleaseViews.Build(call.Platform, call.App, build));
    }

    private static async Task FetchAsync(LocalPlatform platform, Uri url, string? checksum, string directory)
    {
        string file = SourceFile(platform, url.Segments[^1]);
        bool isOurs = url.Authority == platform.ApiUrl.Authority;
        if (!isOurs)
        {
            file = platform.NewPath("sources", ".tar");
            Stream remote = await platform.Http.GetStreamAsync(url, platform.Stopping).ConfigureAwait(false);
            await using (remote.ConfigureAwait(false))
            {
                FileStream copy = File.Create(file);
                await using (copy.ConfigureAwait(false))
                {
                    await remote.CopyToAsync(copy, platform.Stopping).ConfigureAwait(false);
                }
            }
        }
        else if (!File.Exists(file))
        {
            throw new BuildFailedException($"Nothing was uploaded to {url}.");
        }

        if (checksum is not null && !checksum.Equals("SHA256:" + await HashAsync(file).ConfigureAwait(false), StringComparison.OrdinalIgnoreCase))
        {
            throw new BuildFailedException("The checksum of the source does not match.");
        }

        await Archive.ExtractAsync(platform, file, directory).ConfigureAwait(false);
        RaiseOnlyChild(directory);
    }

    /// <summary>Archives of a hosting site have one directory at the top, which is not part of the app.</summary>
    private static void RaiseOnlyChild(string directory)
    {
        string[] entries = Directory.GetFileSystemEntries(directory);
        if (entries.Length != 1 || !Directory.Exists(entries[0]) || new DirectoryInfo(entries[0]).LinkTarget is not null)
        {
            return;
        }

        string aside = directory + ".only";
        Directory.Move(entries[0], aside);
        Directory.Delete(directory);
        Directory.Move(aside, directory);
    }

    private static async Task<string> HashAsync(string file)
    {
        FileStream stream = File.OpenRead(file);
        await using (stream.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream).ConfigureAwait(false));
        }
    }

    private static string SourceFile(LocalPlatform platform, string id)
    {
        string room = Path.Combine(platform.Directory, "sources");
        Directory.CreateDirectory(room);
        return Path.Combine(room, Path.GetFileName(id) + ".tar");
    }

    private static Build Find(ApiCall call) =>
        call.App.Builder.All.FirstOrDefault(b => b.Id.ToString() == call.Route("build")) ?? throw ApiException.NotFound("build");
}
