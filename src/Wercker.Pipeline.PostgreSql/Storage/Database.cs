using System.Net.Sockets;
using Npgsql;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>The database: migrated when it is first used, asked again when it was away, and whose faults are said in words without the password.</summary>
internal sealed class Database : IAsyncDisposable
{
    /// <summary>Where its SQL is its own.</summary>
    public static StoreDialect Dialect { get; } = new(
        "wercker_", "strpos", "clock_timestamp()", time => time.UtcDateTime, (reader, column) => new DateTimeOffset(reader.GetDateTime(column), TimeSpan.Zero));

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Signals _signals;
    private volatile bool _isReady;

    public Database(string connection, TimeProvider clock)
    {
        var builder = ConnectionText.Read(connection);
        Name = $"The PostgreSQL store {builder.Database ?? builder.Username} on {builder.Host}:{builder.Port}";
        _clock = clock;
        var source = new NpgsqlDataSourceBuilder(builder.ConnectionString);

        // What was acknowledged is on the disk, whatever the server's own default is.
        const string Durable = "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";
        source.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(Durable, connection);
                command.ExecuteNonQuery();
            },
            connection => connection.RunAsync(Durable, [], CancellationToken.None));
        _source = source.Build();
        _signals = new Signals(_source, clock);
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>Does something; as often as it takes while the server is away.</summary>
    /// <param name="act">What; done once more when nobody can tell whether it was done.</param>
    /// <param name="patience">How long the server may be away.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ConfigurationException">The server could not be reached at all, or lets nobody in.</exception>
    /// <exception cref="IOException">It was away for longer, or cannot do it.</exception>
    public async Task<T> UseAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> act, TimeSpan patience, CancellationToken cancellationToken)
    {
        var began = _clock.GetTimestamp();
        for (var pause = ShortestPause; ;)
        {
            try
            {
                return await OnceAsync(act, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (IsAway(e))
            {
                var isOver = _clock.GetElapsedTime(began) >= patience;
                if (!_isReady && (isOver || !IsComing(e)))
                {
                    throw new ConfigurationException($"{Name} cannot be reached: {e.Message} Start it, or name another one.", e);
                }

                if (isOver)
                {
                    throw new IOException($"{Name} was away for more than {patience.TotalSeconds:0.#} seconds: {e.Message}", e);
                }

                // What else is in the pool is as dead as this one.
                _source.Clear();
            }

            await Task.Delay(pause, _clock, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }

    /// <summary>Listens for what is said about something from now on.</summary>
    /// <param name="kind">"lease" or "answer".</param>
    /// <param name="name">The target, or the question.</param>
    /// <param name="patience">How long the server may be away.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Signals.Subscription> SubscribeAsync(string kind, string name, TimeSpan patience, CancellationToken cancellationToken)
    {
        var key = await UseAsync(
            (connection, stop) => connection.AskAsync(
                "select current_schema() || '/' || @kind || '/' || hashtextextended(@name, 0)", [("kind", kind), ("name", name)], reader => reader.GetString(0), stop),
            patience,
            cancellationToken).ConfigureAwait(false);
        return await _signals.SubscribeAsync(key!, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _signals.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    private async Task<T> OnceAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                if (!_isReady)
                {
                    await PrepareAsync(connection, cancellationToken).ConfigureAwait(false);
                }

                return await act(connection, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("28", StringComparison.Ordinal) || e.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName)
        {
            throw new ConfigurationException($"{Name} lets nobody in: {e.MessageText}. Check user, password and database, and that the user may create tables there.", e);
        }
        catch (NpgsqlException e) when (!IsAway(e))
        {
            throw new IOException($"{Name}: {(e is PostgresException said ? $"{said.MessageText} ({said.SqlState})" : e.Message)}", e);
        }
    }

    private async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                await Schema.MigrateAsync(connection, Name, cancellationToken).ConfigureAwait(false);
                _isReady = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>True for a server that is there and says that it is being started or stopped: also who has never reached it waits.</summary>
    private static bool IsComing(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown };

    /// <summary>True for a server that is stopped, starts, or whose connection broke; not for one that says no.</summary>
    private static bool IsAway(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } => false,
        PostgresException { IsTransient: var passes } => passes,
        NpgsqlException { InnerException: IOException or SocketException or TimeoutException } => true,
        NpgsqlException { IsTransient: var passes } => passes,
        SocketException or TimeoutException => true,
        _ => false,
    };
}
