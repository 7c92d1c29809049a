using Wercker.Pipeline.Sandboxes.Bash;

namespace Wercker.Pipeline.Sandboxes;

/// <summary>
/// The three streams of a bash that runs somewhere else: in a container, in a namespace, on another machine. Whoever can start <c>bash --noprofile --norc</c>
/// there implements this and gets the whole session: <see cref="OpenShell"/>.
/// </summary>
/// <remarks>
/// This bash stays outside of the session: it reads a small script from its stdin, starts the session's bash from it, starts it again when it has ended, and
/// kills what runs when it gets SIGUSR1. Commands, answers and variables travel through the three streams and stand in no argument and no file, but for
/// <see cref="SandboxSpec.SecretFiles"/>, which lie in /dev/shm, or in /tmp where there is no such place. It needs bash 4.4, /proc, ln, mkdir and a writable /tmp, and mkfifo and dd for commands that are given input; its pipes must belong to its user, because they are opened again by their names in /proc.
/// </remarks>
public abstract class BashConnection : IAsyncDisposable
{
    /// <summary>Writes to bash's stdin, all of it; called by one caller at a time.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="cancellationToken">Canceled only when the connection is given up.</param>
    /// <returns>When they are on their way.</returns>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Reads what bash wrote next. As long as it is not called, bash is to be kept waiting.</summary>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="cancellationToken">Canceled only when the connection is given up.</param>
    /// <returns>How many bytes there are, and of which stream; 0 when bash has ended.</returns>
    public abstract ValueTask<(OutputStream Stream, int Count)> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>
    /// Sends SIGUSR1 to bash, which then ends every process that it may signal, or ends them and bash in another way, which closes the connection. With
    /// several sessions in one sandbox, all of them are ended.
    /// </summary>
    /// <remarks>The signal is only for sandboxes with a process namespace of their own: elsewhere it would end everything that the user runs on the machine.</remarks>
    /// <param name="processId">The process id of bash, as it is known inside.</param>
    /// <param name="cancellationToken">Cancels the sending.</param>
    /// <returns>When it is sent.</returns>
    public abstract ValueTask KillAsync(int processId, CancellationToken cancellationToken);

    /// <summary>Finds out, after a command has failed or died, whether a limit of the sandbox did it.</summary>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The verdict, such as "killed: memory limit 64 MB"; null when none did. Default: null.</returns>
    public virtual ValueTask<string?> FindLimitAsync(CancellationToken cancellationToken) => default;

    /// <summary>Gives up the connection and with it bash; a read that waits returns 0 or throws <see cref="IOException"/>.</summary>
    /// <returns>When it is given up.</returns>
    public abstract ValueTask DisposeAsync();

    /// <summary>Makes a session over a connection. It starts with the first command.</summary>
    /// <param name="connect">Makes the connection; called again when one was lost. Throws <see cref="SandboxException"/> when there is none.</param>
    /// <param name="spec">The specification: its variables are set besides those that bash has already, and its lifetime is kept.</param>
    /// <param name="root">The directory in which bash starts, as it is known inside; made when it does not exist. It becomes WERCKER_ROOT and WERCKER_SOURCE_DIR.</param>
    /// <param name="made">When the sandbox was made; its lifetime counts from then.</param>
    /// <param name="timeProvider">The clock of the timeouts; null for the system's.</param>
    /// <param name="connectBeside">
    /// Makes a connection beside the session's own, each time that a command is given an <see cref="ShellCommand.Input"/>; its bash is started for nothing else,
    /// and needs mkfifo and dd. Null for <paramref name="connect"/>, which is then called while another connection lives.
    /// </param>
    /// <returns>The session, which disposes its connections.</returns>
    /// <exception cref="SandboxException">A secret file is asked for of a variable that is not there.</exception>
    public static ISandboxShell OpenShell(
        Func<CancellationToken, ValueTask<BashConnection>> connect,
        SandboxSpec spec,
        string root,
        DateTimeOffset made,
        TimeProvider? timeProvider = null,
        Func<CancellationToken, ValueTask<BashConnection>>? connectBeside = null)
    {
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(root);
        IReadOnlyList<(string Name, string Value, string? Content)> variables =
            [("WERCKER_ROOT", root, null), ("WERCKER_SOURCE_DIR", root, null), .. spec.PlaceSecrets(BashKeeper.Secrets)];
        return new BashShell(new ConnectedBashHost(connect, connectBeside ?? connect, new BashKeeper(root, variables)), timeProvider ?? TimeProvider.System)
        {
            Deadline = spec.Lifetime is { } lifetime ? (made + lifetime, lifetime) : null,
        };
    }
}
