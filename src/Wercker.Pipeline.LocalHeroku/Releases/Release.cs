using Wercker.Pipeline.LocalHeroku.Builds;

namespace Wercker.Pipeline.LocalHeroku.Releases;

/// <summary>A slug together with config vars, numbered; what the dynos run is the current one.</summary>
internal sealed class Release(int version, string description, Slug? slug, IReadOnlyDictionary<string, string> configVars, DateTimeOffset createdAt)
{
    public const string Pending = "pending";
    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    public Guid Id { get; } = Guid.NewGuid();

    public int Version => version;

    public string Description => description;

    public Slug? Slug => slug;

    public IReadOnlyDictionary<string, string> ConfigVars => configVars;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; set; } = createdAt;

    public string Status { get; set; } = Pending;

    /// <summary>Output of the release phase; null when the slug declares none.</summary>
    public OutputStream? Output { get; set; }

    /// <summary>Ends when the release succeeded or failed.</summary>
    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
