using System.Diagnostics;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A shell behind the program <c>ssh</c>, which waits when its pipes are full, and then so does the host.</summary>
internal sealed class OpenSshShell : ISshShell
{
    private readonly Process _process;
    private readonly ShellOutput _output = new();

    public OpenSshShell(Process process)
    {
        _process = process;
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
            _output.End();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process was given up.
            _output.End();
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
