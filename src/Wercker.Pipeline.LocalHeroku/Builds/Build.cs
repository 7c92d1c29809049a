using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Builds;

/// <summary>One attempt to make a slug and a release of a source.</summary>
internal sealed class Build(DateTimeOffset createdAt, CancellationToken platformStops)
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(platformStops);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Id { get; } = Guid.NewGuid();

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; set; } = createdAt;

    public string Status { get; set; } = Release.Pending;

    public OutputStream Output { get; } = new();

    public required BuildSource Source { get; init; }

    public Slug? Slug { get; set; }

    public Release? Release { get; set; }

    /// <summary>Canceled when the build is, or when the platform goes down.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Stops the build if it still runs, and waits until it has.</summary>
    public async Task CancelAsync()
    {
        if (!_ended.Task.IsCompleted)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _ended.Task.ConfigureAwait(false);
        }
    }

    /// <summary>The build has ended, one way or the other.</summary>
    public void End() => _ended.TrySetResult();
}

/// <summary>Where the source came from, as the API tells it again.</summary>
internal sealed record BuildSource(string Url, string? Version, string? Description, string? Checksum);
