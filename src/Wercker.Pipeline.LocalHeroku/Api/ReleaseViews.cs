using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Api;

/// <summary>How releases, slugs and builds look in JSON.</summary>
internal static class ReleaseViews
{
    public static JsonObject Release(LocalPlatform platform, App app, Release release)
    {
        var artifacts = new JsonArray();
        if (release.Slug is { } slug)
        {
            artifacts.Add((JsonNode)new JsonObject { ["type"] = "slug", ["id"] = slug.Id.ToString() });
        }

        return new JsonObject
        {
            ["addon_plan_names"] = new JsonArray(),
            ["artifacts"] = artifacts,
            ["app"] = Views.Reference(app),
            ["created_at"] = Views.Time(release.CreatedAt),
            ["description"] = release.Description,
            ["id"] = release.Id.ToString(),
            ["updated_at"] = Views.Time(release.UpdatedAt),
            ["slug"] = release.Slug is null ? null : new JsonObject { ["id"] = release.Slug.Id.ToString() },
            ["status"] = release.Status,
            ["user"] = Views.Owner(platform),
            ["version"] = release.Version,
            ["current"] = app.Releases.Current == release,
            ["output_stream_url"] = release.Output is null ? null : platform.StreamUrl(release.Output),
            ["eligible_for_rollback"] = app.Releases.IsEligibleForRollback(release),
        };
    }

    public static JsonObject Slug(LocalPlatform platform, Slug slug, string method) => new()
    {
        ["blob"] = new JsonObject { ["method"] = method, ["url"] = $"{platform.ApiUrl}slugs/{slug.Secret}" },
        ["buildpack_provided_description"] = "Procfile",
        ["checksum"] = slug.Checksum,
        ["commit"] = slug.Commit,
        ["commit_description"] = slug.CommitDescription,
        ["created_at"] = Views.Time(slug.CreatedAt),
        ["id"] = slug.Id.ToString(),
        ["process_types"] = Map(slug.ProcessTypes),
        ["size"] = slug.Size,
        ["stack"] = Views.StackReference(),
        ["updated_at"] = Views.Time(slug.CreatedAt),
    };

    public static JsonObject Build(LocalPlatform platform, App app, Build build) => new()
    {
        ["app"] = new JsonObject { ["id"] = app.Id.ToString() },
        ["buildpacks"] = null,
        ["created_at"] = Views.Time(build.CreatedAt),
        ["id"] = build.Id.ToString(),
        ["output_stream_url"] = platform.StreamUrl(build.Output),
        ["source_blob"] = new JsonObject
        {
            ["checksum"] = build.Source.Checksum,
            ["url"] = build.Source.Url,
            ["version"] = build.Source.Version,
            ["version_description"] = build.Source.Description,
        },
        ["release"] = build.Release is null ? null : new JsonObject { ["id"] = build.Release.Id.ToString() },
        ["slug"] = build.Slug is null ? null : new JsonObject { ["id"] = build.Slug.Id.ToString() },
        ["stack"] = Views.Stack,
        ["status"] = build.Status,
        ["updated_at"] = Views.Time(build.UpdatedAt),
        ["user"] = Views.Owner(platform),
    };

    public static JsonObject Map(IReadOnlyDictionary<string, string> values)
    {
        var map = new JsonObject();
        foreach ((string name, string value) in values)
        {
            map[name] = value;
        }

        return map;
    }
}
