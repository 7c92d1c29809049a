using System.Net.Sockets;
using Npgsql;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>Hears on one connection, for all who wait, that a target may be free or a question answered (NOTIFY, sent by triggers). Who hears nothing looks again after a while.</summary>
internal sealed class Signals(NpgsqlDataSource source, TimeProvider clock) : IAsyncDisposable
{
    private const string Listen = "listen wercker";
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly HashSet<Subscription> _subscriptions = [];
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _loop;

    /// <summary>Begins to listen; what happens from then on is heard. Where nobody can listen, nothing is.</summary>
    /// <param name="key">What about, as the trigger names it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Subscription> SubscribeAsync(string key, CancellationToken cancellationToken)
    {
        var subscription = new Subscription(this, key, clock);
        Task listens;
        lock (_gate)
        {
            _subscriptions.Add(subscription);
            _loop ??= Task.Run(ListenAsync, CancellationToken.None);
            listens = _listens.Task;
        }

        try
        {
            await listens.WaitAsync(cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            subscription.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listens.TrySetResult();
        if (_loop is { } loop)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!IsOver())
        {
            try
            {
                var connection = await source.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    connection.Notification += (_, said) => Hear(said.Payload);
                    await connection.RunAsync(Listen, [], _stop.Token).ConfigureAwait(false);
                    _listens.TrySetResult();

                    // Whatever was said while nobody listened.
                    Hear(null);
                    do
                    {
                        await connection.WaitAsync(Idle, _stop.Token).ConfigureAwait(false);
                    }
                    while (HasListeners());
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException)
            {
                // Those who wait look for themselves until there is a connection again.
                _listens.TrySetResult();
                await Task.Delay(Pause, clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool HasListeners()
    {
        lock (_gate)
        {
            return _subscriptions.Count > 0;
        }
    }

    /// <summary>True when nobody listens any more; the next one begins anew.</summary>
    private bool IsOver()
    {
        lock (_gate)
        {
            if (_subscriptions.Count > 0 && !_stop.IsCancellationRequested)
            {
                return false;
            }

            _loop = null;
            _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <param name="key">What about; null for everything.</param>
    private void Hear(string? key)
    {
        lock (_gate)
        {
            foreach (var subscription in _subscriptions.Where(one => key is null || one.Key == key))
            {
                subscription.Hear();
            }
        }
    }

    /// <summary>One who waits.</summary>
    internal sealed class Subscription(Signals signals, string key, TimeProvider clock) : IDisposable
    {
        private TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Key => key;

        public void Hear() => Volatile.Read(ref _heard).TrySetResult();

        /// <summary>Waits until something is heard, and no longer than that: what is not heard must be looked for.</summary>
        public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
        {
            try
            {
                await Volatile.Read(ref _heard).Task.WaitAsync(atMost, clock, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Nothing was heard.
            }

            // Before the caller looks: what is said from now on counts for the next wait.
            Volatile.Write(ref _heard, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        public void Dispose()
        {
            lock (signals._gate)
            {
                signals._subscriptions.Remove(this);
            }
        }
    }
}
