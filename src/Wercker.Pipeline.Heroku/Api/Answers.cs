using System.Text.Json.Serialization;

namespace Wercker.Pipeline.Heroku.Api;

// Only what is used is read. Every member may be missing: the platform's schema has lost and gained members over the years.
internal sealed record AccountInfo(string? Id, string? Email, DateTimeOffset? SuspendedAt, DateTimeOffset? DelinquentAt);

internal sealed record NamedInfo(string? Id, string? Name);

internal sealed record AppInfo(string? Id, string? Name, bool Maintenance, string? GitUrl, string? WebUrl, NamedInfo? Region, NamedInfo? Stack, DateTimeOffset? ArchivedAt);

internal sealed record VersionInfo(string? Id, int? Version);

internal sealed record DynoInfo(
    string? Id, string? Name, string? Type, string? State, string? AttachUrl, VersionInfo? Release, DateTimeOffset? CreatedAt)
{
    /// <summary>One life of a dyno: a restart keeps the name and changes this.</summary>
    [JsonIgnore]
    public string Life => Id ?? $"{Name}@{CreatedAt:O}";
}

internal sealed record FormationInfo(string? Type, int? Quantity);

internal sealed record SlugInfo(string? Id, string? Commit);

internal sealed record ReleaseInfo(
    string? Id, int Version, string? Status, bool? Current, SlugInfo? Slug, IReadOnlyList<NamedInfo>? Artifacts, string? Description)
{
    public string? OutputStreamUrl { get; init; }

    public bool? EligibleForRollback { get; init; }

    [JsonIgnore]
    public string Name => $"v{Version}";

    /// <summary>False for releases that only say "the app was made": there is nothing to go back to.</summary>
    [JsonIgnore]
    public bool HasCode => Slug?.Id is not null || Artifacts is { Count: > 0 };

    public bool HasCodeOf(ReleaseInfo other) => HasCode && other.HasCode
        && (Slug?.Id is { } slug ? slug == other.Slug?.Id : Artifacts!.Select(one => one.Id).SequenceEqual(other.Artifacts?.Select(one => one.Id) ?? []));
}

internal sealed record SourceBlobInfo(string? GetUrl, string? PutUrl, string? Url, string? Version);

internal sealed record SourceInfo(SourceBlobInfo? SourceBlob);

internal sealed record BuildInfo(string? Id, string? Status, string? OutputStreamUrl, SourceBlobInfo? SourceBlob, SlugInfo? Slug, VersionInfo? Release);

internal sealed record KeyInfo(string? Id, string? Comment, string? PublicKey);

internal sealed record LogSessionInfo(string? LogplexUrl);

internal sealed record ErrorInfo(string? Id, string? Message, string? Url);

/// <summary>How answers are read: member by member, unknown ones passed over.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(AccountInfo))]
[JsonSerializable(typeof(AppInfo))]
[JsonSerializable(typeof(DynoInfo[]))]
[JsonSerializable(typeof(FormationInfo[]))]
[JsonSerializable(typeof(ReleaseInfo[]))]
[JsonSerializable(typeof(SourceInfo))]
[JsonSerializable(typeof(BuildInfo[]))]
[JsonSerializable(typeof(KeyInfo[]))]
[JsonSerializable(typeof(LogSessionInfo))]
[JsonSerializable(typeof(ErrorInfo))]
[JsonSerializable(typeof(Dictionary<string, string?>))]
internal sealed partial class AnswerJson : JsonSerializerContext;
