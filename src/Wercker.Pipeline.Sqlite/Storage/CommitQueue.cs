using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>Writes one after the other, those that wait together in one transaction: one wait for the disk serves all deployments of the process.</summary>
internal sealed class CommitQueue : IAsyncDisposable
{
    private const int MaxBatch = 512;
    private readonly Channel<Order> _orders = Channel.CreateUnbounded<Order>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Database _database;
    private readonly Lazy<Task> _writer;

    public CommitQueue(Database database)
    {
        _database = database;

        // A thread of its own: SQLite waits for the disk and does not give the thread back meanwhile.
        _writer = new(() => Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    /// <summary>Writes; when the task has ended, it is on the disk.</summary>
    public Task WriteAsync(Action<SqliteConnection> write, CancellationToken cancellationToken)
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
        while (_orders.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _orders.Reader.TryRead(out var order))
            {
                batch.Add(order);
            }

            try
            {
                _database.Use(connection => Commit(connection, batch));
                batch.ForEach(order => order.End());
            }
            catch (Exception e)
            {
                batch.ForEach(order => order.Done.TrySetException(e));
            }
        }
    }

    private static bool Commit(SqliteConnection connection, List<Order> batch)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        foreach (var order in batch)
        {
            order.Write(connection);
        }

        transaction.Commit();
        return true;
    }

    private sealed class Order(Action<SqliteConnection> write)
    {
        private Exception? _refusal;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>What one order is refused for does not concern the others.</summary>
        public void Write(SqliteConnection connection)
        {
            try
            {
                write(connection);
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
