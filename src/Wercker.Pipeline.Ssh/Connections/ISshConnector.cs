namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>Makes connections: the one seam between this package and SSH.</summary>
internal interface ISshConnector
{
    /// <exception cref="SshException">The host cannot be reached, its key is not the known one, or it does not let us in.</exception>
    Task<ISshConnection> ConnectAsync(SshHost host, CancellationToken cancellationToken);
}

/// <summary>A connection to a host, on which commands run, several at a time if need be.</summary>
internal interface ISshConnection : IAsyncDisposable
{
    /// <summary>False when it is known to be lost.</summary>
    bool IsAlive { get; }

    /// <summary>Runs a command.</summary>
    /// <param name="command">Text for the user's shell on the host. It is seen in the list of processes there: no secrets.</param>
    /// <param name="feed">Writes the command's stdin, which ends with it; null for an empty one.</param>
    /// <param name="output">Takes what the command writes, one call at a time.</param>
    /// <param name="cancellationToken">Ends the command's streams; what watches its stdin over there ends with them.</param>
    /// <returns>The exit code, for certain.</returns>
    /// <exception cref="SshException">The connection was lost before the exit code came.</exception>
    Task<int> RunAsync(string command, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken);

    /// <summary>Opens the user's shell without a terminal; it reads commands from its stdin.</summary>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <returns>The shell. While it is open, nothing else may use the connection: output that nobody takes holds up all that comes over it.</returns>
    /// <exception cref="SshException">The connection is lost, or the host opens none.</exception>
    Task<ISshShell> OpenShellAsync(CancellationToken cancellationToken);
}

/// <summary>The streams of a shell on a host. It is kept waiting as long as nobody takes what it writes.</summary>
internal interface ISshShell : IAsyncDisposable
{
    /// <summary>Writes to its stdin, all of it.</summary>
    /// <exception cref="IOException">The connection is lost, or the shell has ended.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads what it wrote next; 0 bytes when it has ended.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}
