using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>Writes one after the other, those that wait together in one transaction: one wait for the disk serves all deployments of the process.</summary>
/// <remarks>
/// SQLite's own wait looks ever more seldom: of the processes that write to one file, whoever has waited longest looks least often, and everybody who comes later is faster. Under load such
/// a writer starves. So here all look equally often, whoever writes without a pause makes one for the others, and a process stands in line once, not once for each of its deployments.
/// </remarks>
internal sealed class CommitQueue : IAsyncDisposable
{
    private const int MaxBatch = 512;
    private const int Busy = 5;
    private const int LongestLook = 10;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(LongestLook + 2);

    // The writer's thread is woken by whoever has an order, without another thread in between: nothing else than that waking is run there.
    private readonly Channel<Order> _orders = Channel.CreateUnbounded<Order>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly Database _database;
    private readonly Lazy<Task> _writer;

    public CommitQueue(Database database)
    {
        _database = database;

        // A thread of its own: SQLite waits for the disk and does not give the thread back meanwhile.
        _writer = new(() => Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Writes; when the task has ended, it is on the disk.</summary>
    public Task WriteAsync(Action<StatementCache> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _ = _writer.Value;
        var order = new Order(write);
        return _orders.Writer.TryWrite(order) ? order.Done.Task : throw new ObjectDisposedException(nameof(SqliteStore));
    }

    public async ValueTask DisposeAsync()
    {
        _orders.Writer.TryComplete();
        if (_writer.IsValueCreated)
        {
            await _writer.Value.ConfigureAwait(false);
        }
    }

    private void Write()
    {
        var batch = new List<Order>();
        StatementCache? statements = null;
        var turn = TimeProvider.System.GetTimestamp();
        for (var idle = turn; _orders.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult(); idle = TimeProvider.System.GetTimestamp())
        {
            var hasPaused = TimeProvider.System.GetElapsedTime(idle) > Courtesy;
            if (!hasPaused && TimeProvider.System.GetElapsedTime(turn) > Turn)
            {
                Sleep(Courtesy);
                hasPaused = true;
            }

            turn = hasPaused ? TimeProvider.System.GetTimestamp() : turn;
            batch.Clear();
            while (batch.Count < MaxBatch && _orders.Reader.TryRead(out var order))
            {
                batch.Add(order);
            }

            try
            {
                statements ??= new StatementCache(Open());
                _database.Guard(() => Commit(statements, batch));
                batch.ForEach(order => order.End());
            }
            catch (Exception e)
            {
                // What went wrong may be the connection's: the next batch gets a new one.
                statements?.Dispose();
                statements = null;
                batch.ForEach(order => order.Done.TrySetException(e));
            }
        }

        statements?.Dispose();
    }

    private SqliteConnection Open()
    {
        var connection = _database.Open();

        // The waiting is done here. Once begun, a transaction meets nobody.
        connection.Run("pragma busy_timeout = 0");
        return connection;
    }

    private void Begin(SqliteConnection connection)
    {
        var asked = TimeProvider.System.GetTimestamp();
        int result;
        while ((result = SQLitePCL.raw.sqlite3_exec(connection.Handle, "begin immediate")) == Busy && TimeProvider.System.GetElapsedTime(asked) < _database.Patience)
        {
            Sleep(TimeSpan.FromMilliseconds(Random.Shared.Next(1, LongestLook + 1)));
        }

        SqliteException.ThrowExceptionForRC(result, connection.Handle);
    }

    /// <summary>Real time: other processes have no other.</summary>
    private static void Sleep(TimeSpan time) => Task.Delay(time, TimeProvider.System).GetAwaiter().GetResult();

    private bool Commit(StatementCache statements, List<Order> batch)
    {
        Begin(statements.Connection);
        try
        {
            batch.ForEach(order => order.Write(statements));
            statements.Run("commit");
            return true;
        }
        catch
        {
            RollBack(statements);
            throw;
        }
    }

    /// <summary>SQLite rolls back by itself after some errors and not after others; that there is nothing to roll back is no error of its own.</summary>
    private static void RollBack(StatementCache statements)
    {
        try
        {
            statements.Run("rollback");
        }
        catch (SqliteException)
        {
            // It is rolled back, or its connection is closed, which does the same.
        }
    }

    private sealed class Order(Action<StatementCache> write)
    {
        private Exception? _refusal;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What one order is refused for does not concern the others.</summary>
        public void Write(StatementCache statements)
        {
            try
            {
                write(statements);
            }
            catch (Exception e) when (e is not SqliteException)
            {
                _refusal = e;
            }
        }

        public void End()
        {
            if (_refusal is null)
            {
                Done.TrySetResult();
            }
            else
            {
                Done.TrySetException(_refusal);
            }
        }
    }
}
