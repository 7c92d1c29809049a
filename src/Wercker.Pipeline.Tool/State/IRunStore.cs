using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Tool.State;

/// <summary>What the tool needs of the store of its runs, whichever it is.</summary>
internal interface IRunStore : IDeploymentJournal, IDeploymentLock, IAsyncDisposable
{
    /// <summary>Runs without an end, the newest first.</summary>
    /// <param name="target">Only those of this target; null for all.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    Task<IReadOnlyList<RunEntry>> FindRunningAsync(string? target, CancellationToken cancellationToken);

    /// <summary>Who holds a target; null when it is free.</summary>
    Task<RunLease?> FindLeaseAsync(string target, CancellationToken cancellationToken);

    /// <summary>Takes a target away; the lease that was ended, null when it was free.</summary>
    Task<RunLease?> UnlockAsync(string target, string reason, string by, CancellationToken cancellationToken);

    Task RequestCancelAsync(string id, string by, CancellationToken cancellationToken);

    /// <summary>Who asked that a run be canceled; null when nobody did.</summary>
    Task<string?> FindCancelRequestAsync(string id, CancellationToken cancellationToken);

    /// <summary>Opens the log of a run at its end.</summary>
    Stream OpenLog(string id);

    /// <summary>The log of a run, from a byte to its present end.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadLogAsync(string id, long from, CancellationToken cancellationToken);

    /// <summary>True when the log of a run has its end; null when there is none.</summary>
    Task<bool?> IsLogClosedAsync(string id, CancellationToken cancellationToken);
}

/// <summary>A run, as far as its beginning is known.</summary>
internal sealed record RunEntry(string Id, string? App, string? Revision, string? Target);

/// <summary>Who holds a target; without a run it is frozen.</summary>
internal sealed record RunLease(string? DeploymentId, string Owner, DateTimeOffset Since, bool IsOrphaned);
