using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Wercker.Pipeline.Ssh.Connections;

/// <summary>A connection of <c>ssh</c> that stays in the background, and the commands that go through it.</summary>
internal sealed class OpenSshConnection(SshHost host, OpenSshCommand ssh, DirectoryInfo directory) : ISshConnection
{
    /// <inheritdoc />
    public bool IsAlive => File.Exists(Path.Combine(directory.FullName, "c"));

    /// <summary>Makes the connection that the others go through. It ends by itself when nothing has used it for a minute, as after a kill of this process.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        using var process = Start(ssh.Of(null, "-N", "-o", "ControlMaster=yes", "-o", "ControlPersist=60"));
        var words = new StringBuilder();
        var exitCode = await RunAsync(process, null, (stream, bytes) => Collect(words, stream, bytes), cancellationToken).ConfigureAwait(false);
        if (OpenSshConnector.Explain(host, exitCode, words.ToString()) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <inheritdoc />
    public async Task<int> RunAsync(
        string command, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = Start(ssh.Of(command, "-o", "ControlMaster=no"));
        var words = new StringBuilder();
        var exitCode = await RunAsync(
            process,
            feed,
            async (stream, bytes) =>
            {
                await Collect(words, stream, bytes).ConfigureAwait(false);
                await output(stream, bytes).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

        // A command may end with 255 too; then the connection is still there.
        return exitCode == 255 && !IsAlive
            ? throw new SshException(host.Name, $"the connection was lost: {words.ToString().Trim()}") { IsUnreachable = true, IsLost = true }
            : exitCode;
    }

    /// <summary>A command line that goes through the connection, for a program that adds its own command.</summary>
    public ProcessStartInfo CommandLine() => ssh.Of(null, "-o", "ControlMaster=no");

    /// <inheritdoc />
    public Task<ISshShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<ISshShell>(new OpenSshShell(Start(CommandLine()), () => IsAlive));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (IsAlive)
        {
            using var process = Start(ssh.Of(null, "-O", "exit"));
            process.StandardInput.Close();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }

        if (directory.Exists)
        {
            directory.Delete(recursive: true);
        }
    }

    /// <exception cref="SshException">There is no ssh.</exception>
    internal Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new SshException(host.Name, "the program ssh cannot be started: install OpenSSH's client, or delete \"client\".", e);
        }
    }

    private static async Task<int> RunAsync(
        Process process, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        using var gate = new SemaphoreSlim(1);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var feeding = FeedAsync(process, feed, ending.Token);
            await Task.WhenAll(
                PumpAsync(process.StandardOutput.BaseStream, OutputStream.Output, gate, output, cancellationToken),
                PumpAsync(process.StandardError.BaseStream, OutputStream.Error, gate, output, cancellationToken)).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await feeding.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static async Task FeedAsync(Process process, Func<Stream, CancellationToken, Task>? feed, CancellationToken cancellationToken)
    {
        try
        {
            var input = process.StandardInput.BaseStream;
            await using (input.ConfigureAwait(false))
            {
                if (feed is not null)
                {
                    await feed(input, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (IOException)
        {
            // A command that needs no more input has ended; its exit code says what that means.
        }
    }

    private static async Task PumpAsync(
        Stream stream, OutputStream kind, SemaphoreSlim gate, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await output(kind, buffer.AsMemory(0, count)).ConfigureAwait(false);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    // ssh speaks for itself on stderr, and says little.
    private static ValueTask Collect(StringBuilder words, OutputStream stream, ReadOnlyMemory<byte> bytes)
    {
        if (stream == OutputStream.Error && words.Length < 4096)
        {
            words.Append(Encoding.UTF8.GetString(bytes.Span));
        }

        return ValueTask.CompletedTask;
    }
}
