using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Sqlite.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Leases;

/// <summary>A lease in the file.</summary>
internal sealed class SqliteLeaseHold(Database database, string target, long token) : ILeaseHold
{
    public Task<bool?> BeatAsync() => Task.Run(IsHeld);

    public async Task ReleaseAsync()
    {
        try
        {
            await Task.Run(() => database.Use(connection =>
            {
                LeaseTable.Release(connection, target, token);
                return true;
            })).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It could not be given back. Nobody shows that it is alive any more, so whoever waits for it gets it.
        }
    }

    /// <summary>On a full disk the file can be read although nothing can be written.</summary>
    private bool? IsHeld()
    {
        try
        {
            return database.Use(connection =>
            {
                try
                {
                    return LeaseTable.Beat(connection, target, token);
                }
                catch (SqliteException)
                {
                    return LeaseTable.IsHeld(connection, target, token);
                }
            });
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ConfigurationException)
        {
            return null;
        }
    }
}
