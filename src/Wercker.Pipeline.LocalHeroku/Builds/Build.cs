using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>One attempt to make a slug and a release of a source.</summary>
internal sealed class Build(DateTimeOffset createdAt)
{
    public Guid Id { get; } = Guid.NewGuid();

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; set; } = createdAt;

    public string Status { get; set; } = Release.Pending;

    public OutputStream Output { get; } = new();

    public required BuildSource Source { get; init; }

    public Slug? Slug { get; set; }

    public Release? Release { get; set; }
}

/// <summary>Where the source came from, as the API tells it again.</summary>
internal sealed record BuildSource(string Url, string? Version, string? Description, string? Checksum);
