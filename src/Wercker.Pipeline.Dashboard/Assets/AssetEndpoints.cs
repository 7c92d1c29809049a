using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Assets;

/// <summary>Serves the files of wwwroot.</summary>
internal static class AssetEndpoints
{
    public static IResult Read(string hash, string name, HttpContext context)
    {
        if (DashboardAssets.Find(name) is not { } asset || asset.Hash != hash)
        {
            return Refusal.Of(context, StatusCodes.Status404NotFound, "No such file", "The dashboard has no such file. After an update, load the page again.");
        }

        // Private: whoever may not see the dashboard gets none of it out of a shared cache.
        context.Response.Headers.CacheControl = "private, max-age=31536000, immutable";
        return TypedResults.Bytes(asset.Content, asset.ContentType);
    }
}
