using System.Net.Sockets;
using Renci.SshNet;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A connection of SSH.NET.</summary>
internal sealed class SshNetConnection(SshHost host, SshClient client) : ISshConnection
{
    /// <inheritdoc />
    public bool IsAlive => client.IsConnected;

    /// <inheritdoc />
    public async Task<int> RunAsync(
        string command, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            using var run = client.CreateCommand(command);

            // SSH.NET tells the host of the end of stdin only after it has sent a byte of it, and of an empty one never: scripts that read say how much they read.
            // Opening a channel waits for the host, and its streams can only be read by waiting: threads of their own, so that many hosts do not starve the pool.
            var ended = await OnThread(() => run.ExecuteAsync(ending.Token)).ConfigureAwait(false);
            using var gate = new SemaphoreSlim(1);
            var reading = Task.WhenAll(
                OnThread(() => Pump(run.OutputStream, bytes => TakeAsync(gate, output, OutputStream.Output, bytes))),
                OnThread(() => Pump(run.ExtendedOutputStream, bytes => TakeAsync(gate, output, OutputStream.Error, bytes))));
            var feeding = FeedAsync(run, feed, ended, ending.Token);
            try
            {
                await Task.WhenAny(ended, reading.ContinueWith(_ => { }, TaskScheduler.Default)).ConfigureAwait(false);
                if (reading.IsFaulted)
                {
                    await reading.ConfigureAwait(false);
                }

                await ended.ConfigureAwait(false);
                await reading.ConfigureAwait(false);
            }
            finally
            {
                await ending.CancelAsync().ConfigureAwait(false);
                await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return run.ExitStatus ?? (run.ExitSignal is { } signal ? 128 + Signals.NumberOf(signal)
                : throw Lost("the connection was lost while a command ran; what became of it is not known.", null));
        }
        catch (Exception e) when (e is Renci.SshNet.Common.SshException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Lost($"the connection was lost: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public async Task<ISshShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await OnThread(() => SshNetShell.Open(client)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Renci.SshNet.Common.SshException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Lost($"no shell can be opened: {e.Message}", e);
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task FeedAsync(SshCommand run, Func<Stream, CancellationToken, Task>? feed, Task ended, CancellationToken cancellationToken)
    {
        try
        {
            var input = run.CreateInputStream();
            await using (input.ConfigureAwait(false))
            {
                if (feed is not null)
                {
                    await feed(input, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (ended.IsCompleted || cancellationToken.IsCancellationRequested)
        {
            // A command that needs no more input has ended; its exit code says what that means.
        }
        catch (Exception e) when (e is Renci.SshNet.Common.SshException or SocketException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // Nor does one that closes its input early: the exit code comes in a moment, or the connection is lost, which the waiting for it finds out.
        }
    }

    private static void Pump(Stream stream, Func<ReadOnlyMemory<byte>, Task> take)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (stream.Read(buffer, 0, buffer.Length) is var count and > 0)
            {
                take(buffer.AsMemory(0, count)).GetAwaiter().GetResult();
            }
        }
        catch (ObjectDisposedException)
        {
            // The command was given up.
        }
    }

    private static async Task TakeAsync(SemaphoreSlim gate, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await output(stream, bytes).ConfigureAwait(false);
        }
        finally
        {
            gate.Release();
        }
    }

    private SshException Lost(string message, Exception? inner) => new(host.Name, message, inner) { IsUnreachable = true, IsLost = true };

    private static Task OnThread(Action act) => Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<T> OnThread<T>(Func<T> act) => Task.Factory.StartNew(act, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
