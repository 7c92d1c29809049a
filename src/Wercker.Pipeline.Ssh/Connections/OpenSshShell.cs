using System.Diagnostics;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A shell behind the program <c>ssh</c>, which waits when its pipes are full, and then so does the host.</summary>
internal sealed class OpenSshShell : ISshShell
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Process _process;
    private readonly Func<bool> _isConnected;
    private readonly ShellOutput _output = new();

    /// <summary>Takes the process over.</summary>
    /// <param name="process">The program.</param>
    /// <param name="isConnected">Whether the connection that it goes through is still there.</param>
    public OpenSshShell(Process process, Func<bool> isConnected)
    {
        _process = process;
        _isConnected = isConnected;
        _ = PumpAllAsync();
    }

    /// <inheritdoc />
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _process.StandardInput.BaseStream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        await _process.StandardInput.BaseStream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _output.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _output.End();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().ConfigureAwait(false);
        }

        _process.Dispose();
    }

    private async Task PumpAllAsync()
    {
        try
        {
            await Task.WhenAll(PumpAsync(_process.StandardOutput.BaseStream, OutputStream.Output), PumpAsync(_process.StandardError.BaseStream, OutputStream.Error)).ConfigureAwait(false);
            await _process.WaitForExitAsync().ConfigureAwait(false);
            await NoticeLossAsync().ConfigureAwait(false);
            _output.End();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process was given up.
            _output.End();
        }
    }

    /// <summary>With 255 a shell may end by itself, or because its connection is lost; in the second case that one is gone, too, a moment later.</summary>
    private async Task NoticeLossAsync()
    {
        var since = TimeProvider.System.GetTimestamp();
        while (_process.ExitCode == 255 && _isConnected() && TimeProvider.System.GetElapsedTime(since) < Patience)
        {
            await Task.Delay(Look, TimeProvider.System).ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(Stream stream, OutputStream kind)
    {
        var buffer = new byte[32 * 1024];
        while (await stream.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
        {
            await _output.AddAsync(kind, buffer.AsMemory(0, count)).ConfigureAwait(false);
        }
    }
}
