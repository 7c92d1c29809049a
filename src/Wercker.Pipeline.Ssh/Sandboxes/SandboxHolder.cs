using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Sandboxes;

/// <summary>The script that holds a sandbox on its host, over a connection of its own. It lives as long as it hears from here.</summary>
internal sealed class SandboxHolder : IAsyncDisposable
{
    /// <summary>How many signs of life may be missed.</summary>
    private const int MissedSigns = 4;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(30);
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private readonly List<(string Fact, TaskCompletionSource Heard)> _waiting = [];
    private readonly HostReply _reply = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TimeSpan _keepAlive;
    private readonly string _host;
    private Task _running = Task.CompletedTask;
    private bool _hasEnded;

    private SandboxHolder(string host, TimeSpan keepAlive) => (_host, _keepAlive) = (host, keepAlive);

    /// <summary>The sandbox's directory on the host.</summary>
    public string Directory { get; private set; } = string.Empty;

    /// <summary>True when the script has ended, and with it all that ran in the sandbox.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _hasEnded;
            }
        }
    }

    /// <summary>What the script says about leftovers, and about packages that are not installed.</summary>
    public IEnumerable<string> All(string fact)
    {
        lock (_lock)
        {
            return [.. _reply.All(fact)];
        }
    }

    /// <summary>Starts the script and waits until the directory is there.</summary>
    /// <exception cref="SandboxException">It is not made.</exception>
    public static async Task<SandboxHolder> StartAsync(ISshConnection connection, string host, TimeSpan keepAlive, Func<string, string> command, CancellationToken cancellationToken)
    {
        var holder = new SandboxHolder(host, keepAlive);
        var patience = Math.Ceiling(keepAlive.TotalSeconds * MissedSigns).ToString(CultureInfo.InvariantCulture);
        var ready = holder.WaitAsync("ready", cancellationToken);
        holder._running = Task.Run(() => holder.RunAsync(connection, command(patience)), CancellationToken.None);
        try
        {
            await ready.ConfigureAwait(false);
            holder.Directory = holder.All("ready").First();
            return holder;
        }
        catch
        {
            await holder.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends what runs in a session, and comes back when nothing does any more.</summary>
    /// <exception cref="SandboxException">Something does not end, or the connection is lost: then the host ends it.</exception>
    public async Task EndAsync(int number, CancellationToken cancellationToken)
    {
        var ended = WaitAsync($"ended {number.ToString(CultureInfo.InvariantCulture)}", cancellationToken);
        _lines.Writer.TryWrite($"end {number.ToString(CultureInfo.InvariantCulture)}");
        await ended.ConfigureAwait(false);
        if (All("stuck").LastOrDefault() is { } stuck)
        {
            throw new SandboxException($"{_host}: these processes of the sandbox do not end, although they were killed: {stuck}. End them by hand.");
        }
    }

    /// <summary>Ends everything and has the directory removed.</summary>
    /// <exception cref="SandboxException">Something is left.</exception>
    public async Task QuitAsync()
    {
        if (HasEnded)
        {
            return;
        }

        _lines.Writer.TryWrite("quit");
        try
        {
            await _running.WaitAsync(LastWords, TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new SandboxException($"{_host}: the sandbox {Directory} could not be removed within {LastWords.TotalSeconds:0} seconds; it goes with the connection, or with the next sandbox.", e);
        }

        if (!All("removed").Any())
        {
            throw new SandboxException($"{_host}: the sandbox {Directory} could not be removed: {_reply.Complaint()}. Remove it by hand.");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task RunAsync(ISshConnection connection, string command)
    {
        Exception? why = null;
        try
        {
            _reply.ExitCode = await connection.RunAsync(command, FeedAsync, TakeAsync, _closing.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            why = e;
        }

        lock (_lock)
        {
            _hasEnded = true;
            _reply.End();
            foreach (var (_, heard) in _waiting)
            {
                heard.TrySetException(Lost(why));
            }

            _waiting.Clear();
        }
    }

    private SandboxException Lost(Exception? why) => why is SshException { IsLost: true } or OperationCanceledException
        ? new SandboxException($"{_host}: the connection of the sandbox was lost; the host ends what runs in it and removes it.", why)
        : new SandboxException($"{_host}: the sandbox has ended: {(why as SshException)?.Reason ?? why?.Message ?? _reply.Complaint()}", why);

    private async Task FeedAsync(Stream input, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _lines.Reader.WaitToReadAsync(cancellationToken).AsTask().WaitAsync(_keepAlive, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // A sign of life is due.
            }

            var line = _lines.Reader.TryRead(out var said) ? said : "alive";
            await input.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken).ConfigureAwait(false);
            await input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask TakeAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            _reply.Take(stream, bytes.Span);
            foreach (var waiting in _waiting.Where(one => one.Fact.Split(' ') is [var key, .. var rest] && _reply.All(key).Any(value => rest.Length == 0 || value == rest[0])).ToArray())
            {
                waiting.Heard.TrySetResult();
                _waiting.Remove(waiting);
            }
        }

        return ValueTask.CompletedTask;
    }

    private async Task WaitAsync(string fact, CancellationToken cancellationToken)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_hasEnded)
            {
                throw Lost(null);
            }

            _waiting.Add((fact, heard));
        }

        await heard.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
