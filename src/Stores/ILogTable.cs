namespace Wercker.Pipeline.Stores;

/// <summary>Keeps the blocks of output logs. What is read is consistent: a block replaces pieces in one instant.</summary>
internal interface ILogTable
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>Opens a log for a writer, whose predecessor can write no more; makes it when it is not there.</summary>
    /// <returns>The pieces at its end, in order, and its length.</returns>
    Task<(IReadOnlyList<LogBlock> Pieces, long Length)> OpenAsync(string deploymentId, Guid writer, CancellationToken cancellationToken);

    /// <summary>Adds blocks; a sealed one takes the place of the pieces within it.</summary>
    /// <param name="deploymentId">The deployment.</param>
    /// <param name="writer">Who writes.</param>
    /// <param name="blocks">The blocks, in order.</param>
    /// <param name="isEnd">True when nothing follows.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>False when the log has another writer by now: nothing was added.</returns>
    Task<bool> AppendAsync(string deploymentId, Guid writer, IReadOnlyList<LogBlock> blocks, bool isEnd, CancellationToken cancellationToken);

    /// <summary>Reads the block that holds a byte.</summary>
    /// <returns>The block; null when there is none, with the length of the log.</returns>
    Task<(LogBlock? Block, long Length)> ReadAsync(string deploymentId, long at, CancellationToken cancellationToken);

    /// <summary>Removes logs that are kept no longer.</summary>
    /// <returns>How many.</returns>
    Task<int> PruneAsync(LogLimits limits, CancellationToken cancellationToken);
}

/// <summary>How long logs are kept.</summary>
/// <param name="Age">Since their last line.</param>
/// <param name="Count">How many.</param>
/// <param name="Bytes">How many bytes of all together, as they are kept.</param>
internal sealed record LogLimits(TimeSpan Age, int Count, long Bytes)
{
    // A log of a process that was killed is never closed. One that was not written for so long has ended, or its writer finds out that it has.
    private static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    /// <summary>Chooses what is removed: whatever is beyond a limit, the oldest first, and never what may still be written.</summary>
    /// <param name="logs">All logs, with the time since their last line.</param>
    public IEnumerable<string> Choose(IEnumerable<(string Deployment, TimeSpan Age, long Bytes, bool IsClosed)> logs)
    {
        var count = 0;
        long bytes = 0;
        foreach (var (deployment, age, size, isClosed) in logs.OrderBy(log => log.Age))
        {
            count++;
            bytes += size;
            if ((isClosed || age > Silence) && (age > Age || count > Count || bytes > Bytes))
            {
                yield return deployment;
            }
        }
    }
}
