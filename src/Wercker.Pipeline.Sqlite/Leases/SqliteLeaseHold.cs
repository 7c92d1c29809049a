using Wercker.Pipeline.Sqlite.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Leases;

/// <summary>A lease in the file.</summary>
internal sealed class SqliteLeaseHold(Database database, CommitQueue queue, string target, long token) : ILeaseHold
{
    public async Task<bool?> BeatAsync()
    {
        try
        {
            var isHeld = false;
            await queue.WriteAsync(statements => isHeld = LeaseTable.Beat(statements.Connection, target, token), CancellationToken.None).ConfigureAwait(false);
            return isHeld;
        }
        catch (IOException)
        {
            return await Task.Run(IsHeld).ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or ConfigurationException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async Task ReleaseAsync()
    {
        try
        {
            await queue.WriteAsync(statements => LeaseTable.Release(statements.Connection, target, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ConfigurationException or ObjectDisposedException)
        {
            // It could not be given back. Nobody shows that it is alive any more, so whoever waits for it gets it.
        }
    }

    /// <summary>On a full disk the file can be read although nothing can be written.</summary>
    private bool? IsHeld()
    {
        try
        {
            return database.Use(connection => LeaseTable.IsHeld(connection, target, token));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ConfigurationException)
        {
            return null;
        }
    }
}
