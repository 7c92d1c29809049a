using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Renci.SshNet;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A connection of SSH.NET.</summary>
/// <remarks>
/// SSH.NET sends something into a silent connection and wants no answer, so a host that hangs would be waited for without end. Here it is asked to run
/// nothing, as often as <see cref="SshLogin.KeepAlive"/> says, and is lost when no answer comes in twice that time.
/// </remarks>
internal sealed class SshNetConnection(SshHost host, SshClient client, TimeSpan keepAlive) : ISshConnection
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);
    private bool _isMute;

    /// <inheritdoc />
    public bool IsAlive => !IsMute && client.IsConnected;

    private bool IsMute => Volatile.Read(ref _isMute);

    /// <inheritdoc />
    public async Task<int> RunAsync(
        string command, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heard = new StrongBox<long>(TimeProvider.System.GetTimestamp());
        var mute = WatchAsync(heard, ending.Token);
        try
        {
            using var run = client.CreateCommand(command);

            // SSH.NET tells the host of the end of stdin only after it has sent a byte of it, and of an empty one never: scripts that read say how much they read.
            // Opening a channel waits for the host, and its streams can only be read by waiting: threads of their own, so that many hosts do not starve the pool.
            var ended = await OnThread(() => run.ExecuteAsync(ending.Token)).ConfigureAwait(false);
            using var gate = new SemaphoreSlim(1);
            var reading = Task.WhenAll(
                OnThread(() => Pump(run.OutputStream, bytes => TakeAsync(heard, gate, output, OutputStream.Output, bytes))),
                OnThread(() => Pump(run.ExtendedOutputStream, bytes => TakeAsync(heard, gate, output, OutputStream.Error, bytes))));
            var feeding = FeedAsync(run, feed, ended, ending.Token);
            try
            {
                await Task.WhenAny(ended, reading.ContinueWith(_ => { }, TaskScheduler.Default), mute).ConfigureAwait(false);
                if (mute.IsCompletedSuccessfully)
                {
                    throw Lost($"does not answer any more: {keepAlive.TotalSeconds * 3:0.#} seconds without a word.", null);
                }

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

                // Writing to a mute host may never end.
                await feeding.WaitAsync(IsMute ? Farewell : Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
        if (IsMute)
        {
            // SSH.NET would wait for the host at every step of a farewell.
            _ = OnThread(client.Dispose);
        }
        else
        {
            client.Dispose();
        }

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

    /// <summary>Ends when the host is mute.</summary>
    private async Task WatchAsync(StrongBox<long> heard, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(keepAlive, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            if (TimeProvider.System.GetElapsedTime(Volatile.Read(ref heard.Value)) < keepAlive)
            {
                continue;
            }

            try
            {
                // A refusal is an answer too.
                await OnThread(Ask).WaitAsync(keepAlive + keepAlive, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.None);
            }
            catch (TimeoutException)
            {
                Volatile.Write(ref _isMute, true);
                return;
            }
            catch (Exception e) when (e is Renci.SshNet.Common.SshException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Whoever waits for the command hears of a broken connection.
            }

            Volatile.Write(ref heard.Value, TimeProvider.System.GetTimestamp());
        }
    }

    private void Ask()
    {
        using var nothing = client.CreateCommand(":");
        nothing.Execute();
    }

    private static async Task TakeAsync(StrongBox<long> heard, SemaphoreSlim gate, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        Volatile.Write(ref heard.Value, TimeProvider.System.GetTimestamp());
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
