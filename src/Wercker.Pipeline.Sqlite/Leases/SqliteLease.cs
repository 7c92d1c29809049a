using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Sqlite.Storage;

namespace Wercker.Pipeline.Sqlite.Leases;

/// <summary>A lease that shows it is alive by beating. It is lost when the store says so, or when the store could not be asked for as long as it lasts.</summary>
internal sealed class SqliteLease : IDeploymentLease
{
    private readonly Database _database;
    private readonly string _target;
    private readonly TimeSpan _duration;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ITimer _timer;
    private long _provenAt;
    private bool _isReleased;

    public SqliteLease(Database database, string target, long token, TimeSpan duration, TimeProvider clock)
    {
        _database = database;
        _target = target;
        _duration = duration;
        _clock = clock;
        FencingToken = token;
        Lost = _lost.Token;
        _provenAt = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => _ = BeatAsync(), null, duration / 3, duration / 3);
    }

    public long FencingToken { get; }

    public CancellationToken Lost { get; }

    public async ValueTask<bool> CheckAsync(CancellationToken cancellationToken)
    {
        await BeatAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return !Lost.IsCancellationRequested;
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isReleased)
            {
                _isReleased = true;
                await Task.Run(() => _database.Use(connection =>
                {
                    LeaseTable.Release(connection, _target, FencingToken);
                    return true;
                })).ConfigureAwait(false);
            }
        }
        catch (SqliteException)
        {
            // It could not be given back. Nobody shows that it is alive any more, so whoever waits for it gets it.
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task BeatAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_isReleased || _lost.IsCancellationRequested)
            {
                return;
            }

            var askedAt = _clock.GetTimestamp();
            if (await Task.Run(IsHeld).ConfigureAwait(false) is { } held)
            {
                _provenAt = held ? askedAt : _provenAt;
                if (!held)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                }
            }
            else if (_clock.GetElapsedTime(_provenAt) > _duration)
            {
                // The store cannot be asked, so by now it may have been given to somebody else.
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Null when the store cannot be asked. On a full disk it can be read although nothing can be written.</summary>
    private bool? IsHeld()
    {
        try
        {
            return _database.Use(connection =>
            {
                try
                {
                    return LeaseTable.Beat(connection, _target, FencingToken);
                }
                catch (SqliteException)
                {
                    return LeaseTable.IsHeld(connection, _target, FencingToken);
                }
            });
        }
        catch (Exception e) when (e is SqliteException or InvalidDataException or ConfigurationException)
        {
            return null;
        }
    }
}
