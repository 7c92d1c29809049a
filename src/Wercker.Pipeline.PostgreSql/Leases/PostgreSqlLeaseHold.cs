using Wercker.Pipeline.PostgreSql.Storage;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Leases;

/// <summary>A lease in the database.</summary>
/// <param name="database">The database.</param>
/// <param name="target">The target.</param>
/// <param name="token">Its fencing token.</param>
/// <param name="duration">How long it lasts from a beat on.</param>
/// <param name="forget">Tells the store that it is given back.</param>
internal sealed class PostgreSqlLeaseHold(Database database, string target, long token, TimeSpan duration, Action forget) : ILeaseHold
{
    public async Task<bool?> BeatAsync()
    {
        try
        {
            return await database.UseAsync((connection, stop) => LeaseTable.BeatAsync(connection, target, token, duration, stop), TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ConfigurationException or ObjectDisposedException)
        {
            return null;
        }
    }

    public async Task ReleaseAsync()
    {
        forget();
        try
        {
            await database.UseAsync((connection, stop) => LeaseTable.ReleaseAsync(connection, target, token, stop), TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ConfigurationException or ObjectDisposedException)
        {
            // It could not be given back. Nobody shows that it is alive any more, so whoever waits for it gets it.
        }
    }
}
