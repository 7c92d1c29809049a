using System.Runtime.InteropServices;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>The streams of a bash in a container, over one connection that the engine gave up to us.</summary>
/// <param name="client">The engine.</param>
/// <param name="container">The container's id.</param>
/// <param name="stream">The connection.</param>
/// <param name="limits">Finds verdicts.</param>
/// <param name="giveBack">Takes the connection back at the end of its session; null to end it.</param>
internal sealed class StreamConnection(DockerClient client, string container, MultiplexedStream stream, LimitWatch limits, Action? giveBack) : BashConnection
{
    private bool _hasEnded;

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var array = MemoryMarshal.TryGetArray(bytes, out var segment) ? segment : bytes.ToArray();
        await stream.WriteAsync(array.Array!, array.Offset, array.Count, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public override async ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        MemoryMarshal.TryGetArray<byte>(buffer, out var array);
        var read = await stream.ReadOutputAsync(array.Array!, array.Offset, array.Count, cancellationToken).ConfigureAwait(false);
        _hasEnded |= read.Count == 0;
        return (read.Target == MultiplexedStream.TargetStream.StandardError ? OutputStream.Error : OutputStream.Output, read.Count);
    }

    /// <inheritdoc />
    public override async ValueTask KillAsync(int processId, CancellationToken cancellationToken)
    {
        try
        {
            // The first process hands it on to the bash of the first session, which ends all others too.
            await client.Containers.KillContainerAsync(container, new ContainerKillParameters { Signal = "SIGUSR1" }, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException)
        {
            // The container does not run any more: then nothing in it does, and the connection ends by itself.
        }
    }

    /// <inheritdoc />
    public override ValueTask<string?> FindLimitAsync(CancellationToken cancellationToken) => limits.FindAsync(cancellationToken);

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        if (giveBack is not null && !_hasEnded)
        {
            giveBack();
            return ValueTask.CompletedTask;
        }

        try
        {
            stream.CloseWrite();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException or System.Net.Sockets.SocketException)
        {
            // The other side was first.
        }

        stream.Dispose();
        return ValueTask.CompletedTask;
    }
}
