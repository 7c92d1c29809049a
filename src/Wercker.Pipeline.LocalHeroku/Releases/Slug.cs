namespace Wercker.Pipeline.LocalHeroku.Releases;

/// <summary>What a build made: a compressed tar of the app, and the commands of its process types.</summary>
internal sealed class Slug(string archive, IReadOnlyDictionary<string, string> processTypes, DateTimeOffset createdAt)
{
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Part of the address from which the archive is had, or put when the slug was made through the API.</summary>
    public string Secret { get; } = Guid.NewGuid().ToString("N");

    public string Archive => archive;

    public IReadOnlyDictionary<string, string> ProcessTypes => processTypes;

    public DateTimeOffset CreatedAt => createdAt;

    public string? Commit { get; init; }

    public string? CommitDescription { get; init; }

    public string? Checksum { get; set; }

    public long Size => File.Exists(archive) ? new FileInfo(archive).Length : 0;
}
