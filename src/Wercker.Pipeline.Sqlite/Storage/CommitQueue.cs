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
    private const int LongestLook = 10;
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(LongestLook + 2);

    // The writer's thread is woken by whoever has an order, without another thread in between: nothing else than that waking is run there.
    private readonly Channel<Order> _orders = Channel.CreateUnbounded<Order>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly Database _database;
    private readonly Lazy<Task> _writer;

    // Whoever has it writes: the writer's thread, or somebody who comes when nobody else writes or waits.
    private readonly SemaphoreSlim _pen = new(1, 1);
    private readonly List<Order> _batch = [];
    private StatementCache? _statements;
    private long _turn = TimeProvider.System.GetTimestamp();
    private long _idle = TimeProvider.System.GetTimestamp();
    private int _waiting;

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
        var order = new Order(write);
        if (TryWriteAlone(order))
        {
            return order.Done.Task;
        }

        _ = _writer.Value;
        Interlocked.Increment(ref _waiting);
        return _orders.Writer.TryWrite(order) ? order.Done.Task : throw new ObjectDisposedException(nameof(SqliteStore));
    }

    public async ValueTask DisposeAsync()
    {
        _orders.Writer.TryComplete();
        if (_writer.IsValueCreated)
        {
            await _writer.Value.ConfigureAwait(false);
        }

        _pen.Dispose();
    }

    /// <summary>A single deployment needs no other thread: waking one, and being woken by it, costs it a third of its time. Where others write, or it had its turn, it stands in line.</summary>
    private bool TryWriteAlone(Order order)
    {
        if (Volatile.Read(ref _waiting) > 0 || _statements is null || !_pen.Wait(0, CancellationToken.None))
        {
            return false;
        }

        try
        {
            if (_statements is null || IsTurnOver() || !TryBegin(_statements.Connection, out _))
            {
                return false;
            }

            _batch.Add(order);
            Finish(() => CommitBegun(_statements));
            return true;
        }
        finally
        {
            _pen.Release();
        }
    }

    private void Write()
    {
        while (_orders.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            _pen.Wait();
            try
            {
                if (IsTurnOver())
                {
                    Sleep(Courtesy);
                    _turn = TimeProvider.System.GetTimestamp();
                }

                while (_batch.Count < MaxBatch && _orders.Reader.TryRead(out var order))
                {
                    Interlocked.Decrement(ref _waiting);
                    _batch.Add(order);
                }

                Finish(Commit);
            }
            finally
            {
                _pen.Release();
            }
        }

        _pen.Wait();
        _statements?.Dispose();
        _statements = null;
        _pen.Release();
    }

    /// <summary>Ends the orders of the batch, whatever becomes of them.</summary>
    private void Finish(Func<bool> commit)
    {
        try
        {
            _database.Guard(commit);
            _batch.ForEach(order => order.End());
        }
        catch (Exception e)
        {
            // What went wrong may be the connection's: the next batch gets a new one.
            _statements?.Dispose();
            _statements = null;
            _batch.ForEach(order => order.Done.TrySetException(e));
        }

        _batch.Clear();
        _idle = TimeProvider.System.GetTimestamp();
    }

    /// <summary>Whether it was written without a pause for so long that others must be let in.</summary>
    private bool IsTurnOver()
    {
        if (TimeProvider.System.GetElapsedTime(_idle) > Courtesy)
        {
            _turn = TimeProvider.System.GetTimestamp();
        }

        return TimeProvider.System.GetElapsedTime(_turn) > Turn;
    }

    private SqliteConnection Open()
    {
        var connection = _database.Open();

        // The waiting is done here. Once begun, a transaction meets nobody.
        connection.Run("pragma busy_timeout = 0");
        return connection;
    }

    private static bool TryBegin(SqliteConnection connection, out int result)
    {
        result = SQLitePCL.raw.sqlite3_exec(connection.Handle, "begin immediate");
        return result == SQLitePCL.raw.SQLITE_OK;
    }

    private void Begin(SqliteConnection connection)
    {
        var asked = TimeProvider.System.GetTimestamp();
        int result;
        while (!TryBegin(connection, out result) && result == SQLitePCL.raw.SQLITE_BUSY && TimeProvider.System.GetElapsedTime(asked) < _database.Patience)
        {
            Sleep(TimeSpan.FromMilliseconds(Random.Shared.Next(1, LongestLook + 1)));
        }

        SqliteException.ThrowExceptionForRC(result, connection.Handle);
    }

    /// <summary>Real time: other processes have no other.</summary>
    private static void Sleep(TimeSpan time) => Task.Delay(time, TimeProvider.System).GetAwaiter().GetResult();

    private bool Commit()
    {
        _statements ??= new StatementCache(Open());
        Begin(_statements.Connection);
        return CommitBegun(_statements);
    }

    private bool CommitBegun(StatementCache statements)
    {
        try
        {
            _batch.ForEach(order => order.Write(statements));
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
