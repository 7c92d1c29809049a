using System.Threading.Channels;
using Renci.SshNet;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A shell of SSH.NET that is kept waiting when nobody takes its output.</summary>
/// <remarks>
/// SSH.NET allows the host more as soon as something has arrived, so that the output of a command piles up in memory. What it writes into streams of ours is
/// written by the thread that reads from the socket: while such a stream waits, nothing is read, and in the end the host waits.
/// </remarks>
internal sealed class SshNetShell : ISshShell
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);
    private readonly SshClient _client;
    private readonly ShellOutput _output = new();
    private readonly Input _input = new();
    private readonly Shell _shell;
    private readonly Timer _watch;

    private SshNetShell(SshClient client)
    {
        _client = client;
        _shell = client.CreateShellNoTerminal(_input, new Output(_output, OutputStream.Output), new Output(_output, OutputStream.Error), -1);
        _shell.Stopped += (_, _) => _output.End();
        _shell.ErrorOccurred += (_, error) => _output.End(new IOException(error.Exception.Message, error.Exception));

        // An orderly goodbye of the host is no error to SSH.NET.
        _watch = new Timer(_ => EndWhenLost(), null, Look, Look);
    }

    /// <summary>Opens one; waits for the host on the thread of the caller.</summary>
    public static SshNetShell Open(SshClient client)
    {
        var shell = new SshNetShell(client);
        try
        {
            shell._shell.Start();
            return shell;
        }
        catch
        {
            shell._watch.Dispose();
            shell._shell.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _input.AddAsync(bytes, cancellationToken);

    /// <inheritdoc />
    public ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _output.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync().ConfigureAwait(false);
        _output.End();
        _input.End();
        await Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    /// <summary>
    /// Closes the channel, and disposes nothing: SSH.NET's Dispose takes away what its own thread, which reads our input, may still need to come to its end, and that thread
    /// would end the whole process. Closing waits for that thread. When the connection is lost nothing is done at all. What is left goes with the connection.
    /// </summary>
    private void Stop()
    {
        if (!_client.IsConnected)
        {
            return;
        }

        try
        {
            _shell.Stop();
        }
        catch (Exception e) when (e is Renci.SshNet.Common.SshException or ObjectDisposedException or InvalidOperationException or IOException)
        {
            // It has stopped by itself, or its connection was lost meanwhile.
        }
    }

    private void EndWhenLost()
    {
        if (!_client.IsConnected)
        {
            _output.End(new IOException("the connection was lost"));
        }
    }

    /// <summary>Takes what the host writes, on the thread that reads from the socket.</summary>
    private sealed class Output(ShellOutput output, OutputStream kind) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            var adding = output.AddAsync(kind, buffer.AsMemory(offset, count));
            if (!adding.IsCompletedSuccessfully)
            {
                adding.AsTask().GetAwaiter().GetResult();
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }

    /// <summary>Gives what is for the host's shell; SSH.NET reads it.</summary>
    private sealed class Input : Stream
    {
        private readonly Channel<ReadOnlyMemory<byte>> _blocks = Channel.CreateBounded<ReadOnlyMemory<byte>>(16);
        private ReadOnlyMemory<byte> _rest;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public async ValueTask AddAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            try
            {
                await _blocks.Writer.WriteAsync(bytes.ToArray(), cancellationToken).ConfigureAwait(false);
            }
            catch (ChannelClosedException e)
            {
                throw new IOException("the session has ended", e);
            }
        }

        public void End() => _blocks.Writer.TryComplete();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_rest.IsEmpty)
            {
                // SSH.NET asks again and again after an end, so there is none: an exception stops it.
                _rest = await _blocks.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            var count = Math.Min(buffer.Length, _rest.Length);
            _rest[..count].CopyTo(buffer);
            _rest = _rest[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            End();
            base.Dispose(disposing);
        }
    }
}
