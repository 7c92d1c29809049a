using System.Security.Cryptography;
using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Connections;

namespace Wercker.Pipeline.Ssh.Sandboxes;

/// <summary>The streams of a bash on a host, over a connection that nothing else uses meanwhile.</summary>
internal sealed class SandboxSession : BashConnection
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);
    private readonly SshHost _host;
    private readonly ConnectionLease _lease;
    private readonly ISshShell _shell;
    private readonly SandboxHolder _holder;
    private readonly int _number;
    private ReadOnlyMemory<byte> _rest;
    private bool _isLost;
    private bool _hasEnded;

    private SandboxSession(SshHost host, ConnectionLease lease, ISshShell shell, SandboxHolder holder, int number) =>
        (_host, _lease, _shell, _holder, _number) = (host, lease, shell, holder, number);

    /// <summary>Opens a shell and makes it the bash of a session.</summary>
    /// <exception cref="SshException">There is no connection, or no shell.</exception>
    /// <exception cref="SandboxException">No bash comes up.</exception>
    public static async Task<SandboxSession> OpenAsync(HostPool pool, SshHost host, SandboxHolder holder, string name, int number, CancellationToken cancellationToken)
    {
        var lease = await pool.LeaseAsync(host, cancellationToken).ConfigureAwait(false);
        ISshShell? shell = null;
        try
        {
            shell = await lease.Connection.OpenShellAsync(cancellationToken).ConfigureAwait(false);
            var session = new SandboxSession(host, lease, shell, holder, number);
            await session.EnterAsync(name, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (Exception e)
        {
            if (shell is not null)
            {
                await shell.DisposeAsync().ConfigureAwait(false);
            }

            await lease.DisposeAsync().ConfigureAwait(false);
            if (e is IOException)
            {
                throw new SandboxException($"{host.Name}: no bash comes up: {e.Message}", e);
            }

            throw;
        }
    }

    /// <inheritdoc />
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _shell.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc />
    public override async ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_rest.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return (OutputStream.Output, count);
        }

        try
        {
            var read = await _shell.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _hasEnded |= read.Count == 0;
            _isLost |= read.Count == 0 && !_lease.Connection.IsAlive;
            return read;
        }
        catch (IOException)
        {
            (_hasEnded, _isLost) = (true, true);
            throw;
        }
    }

    /// <inheritdoc />
    public override async ValueTask KillAsync(int processId, CancellationToken cancellationToken) => await _holder.EndAsync(_number, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public override ValueTask<string?> FindLimitAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        _isLost || (_hasEnded && _holder.HasEnded) ? $"killed: the connection to {_host.Name} was lost, and the host ends what ran there" : null);

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        try
        {
            await LeaveAsync().ConfigureAwait(false);
        }
        finally
        {
            await _shell.DisposeAsync().ConfigureAwait(false);
            _lease.IsGood = _hasEnded && !_isLost;
            await _lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the bash; what the user's own start-up files print before is thrown away.</summary>
    private async Task EnterAsync(string name, CancellationToken cancellationToken)
    {
        // In two words, so that an echo of the line is not taken for its work.
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var line = SandboxScripts.Bash(_holder.Directory, $"{name}/{_number}", _number, $"{token[..16]}'{token[16..]}'");
        await _shell.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken).ConfigureAwait(false);
        var said = new StringBuilder();
        var seen = new MemoryStream();
        var mark = Encoding.ASCII.GetBytes(token);
        var buffer = new byte[8 * 1024];
        while (await _shell.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is { Count: > 0 } read)
        {
            said.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            if (read.Stream == OutputStream.Output)
            {
                seen.Write(buffer, 0, read.Count);
                if (seen.GetBuffer().AsSpan(0, (int)seen.Length).IndexOf(mark) is var at and >= 0)
                {
                    _rest = seen.ToArray().AsMemory(at + mark.Length);
                    return;
                }
            }
        }

        throw new SandboxException($"{_host.Name}: no bash comes up: {said.ToString().Trim()}");
    }

    /// <summary>Ends the bash, so that the connection can be used again; what does not end by itself is ended by the one who holds the sandbox.</summary>
    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(LastWords);
        var buffer = new byte[8 * 1024];
        try
        {
            if (!_hasEnded)
            {
                await _shell.WriteAsync("\nexit\n"u8.ToArray(), patience.Token).ConfigureAwait(false);
                while (!_hasEnded)
                {
                    await ReadAsync(buffer, patience.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Then it ends with its connection, and is ended below.
        }

        if ((!_hasEnded || _isLost) && !_holder.HasEnded)
        {
            await _holder.EndAsync(_number, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
