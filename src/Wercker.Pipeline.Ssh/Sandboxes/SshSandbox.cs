using System.Globalization;
using System.IO.Compression;
using System.Runtime.Versioning;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Sources;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Sandboxes;

/// <summary>A directory on a host, and the sessions in it.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SshSandbox(SshHost host, HostPool pool, SandboxSpec spec, ConnectionLease lease, SandboxHolder holder) : ISandbox
{
    private readonly Lock _lock = new();
    private readonly List<ISandboxShell> _shells = [];
    private readonly DateTimeOffset _made = TimeProvider.System.GetUtcNow();
    private int _sessions;
    private bool _isDisposed;

    /// <summary>The sandbox's directory on the host; the source lies in "source" below it.</summary>
    public string Directory => holder.Directory;

    /// <inheritdoc />
    public string Root { get; } = string.Join('/', ((string[])[holder.Directory, "source", .. (spec.Root ?? string.Empty).Split('/')]).Where((word, i) => i == 0 || word.Length > 0));

    /// <inheritdoc />
    public IReadOnlyList<string> Notices { get; } =
    [
        .. UnmetWishes.FindOnPlatform(spec, "SSH", host.Name),
        .. holder.All("absent").ToArray() is { Length: > 0 } missing
            ? [$"These packages are not installed on {host.Name}, and the SSH sandbox installs none: {string.Join(", ", missing)} (apt-get install {string.Join(' ', missing)})."]
            : Array.Empty<string>(),
    ];

    /// <summary>The clock of the timeouts.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc />
    public ValueTask<ISandboxShell> OpenShellAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var shell = BashConnection.OpenShell(ConnectAsync, spec, Root, _made, TimeProvider);
            _shells.Add(shell);
            return ValueTask.FromResult(shell);
        }
    }

    /// <inheritdoc />
    public ValueTask CopyInAsync(string hostPath, string sandboxPath, CancellationToken cancellationToken) =>
        PutAsync(Path.GetFullPath(hostPath), Inside(sandboxPath), cancellationToken);

    /// <inheritdoc />
    public async ValueTask CopyOutAsync(string sandboxPath, string hostPath, CancellationToken cancellationToken)
    {
        var path = Inside(sandboxPath);
        await TryAsync($"{path} could not be copied to {hostPath}", async () =>
        {
            var kept = Temporary();
            await using var removing = kept.ConfigureAwait(false);
            var script = SandboxScripts.CopyOut.With(("parent", ParentOf(path)), ("file", NameOf(path)));
            await RunAsync(script, null, kept, cancellationToken).ConfigureAwait(false);
            kept.Position = 0;
            var plain = new GZipStream(kept, CompressionMode.Decompress);
            await using var closing = plain.ConfigureAwait(false);
            await TarUnpacking.CopyOutAsync(plain, hostPath, "the host", cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Brings a file or a directory of this machine to a path on the host.</summary>
    /// <exception cref="SandboxException">It does not arrive.</exception>
    public async ValueTask PutAsync(string file, string path, CancellationToken cancellationToken) => await TryAsync($"{file} could not be copied to {path}", async () =>
    {
        var kept = Temporary();
        await using var removing = kept.ConfigureAwait(false);
        var packed = new GZipStream(kept, CompressionLevel.Fastest, leaveOpen: true);
        await using (packed.ConfigureAwait(false))
        {
            var archive = new TarTree(file).Open(NameOf(path), (0, 0), cancellationToken);
            await using var closing = archive.ConfigureAwait(false);
            await archive.CopyToAsync(packed, cancellationToken).ConfigureAwait(false);
        }

        var size = kept.Length.ToString(CultureInfo.InvariantCulture);
        kept.Position = 0;
        await RunAsync(SandboxScripts.CopyIn.With(("parent", ParentOf(path)), ("size", size)), kept, Stream.Null, cancellationToken).ConfigureAwait(false);
    }).ConfigureAwait(false);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        foreach (var shell in _shells)
        {
            try
            {
                await shell.DisposeAsync().ConfigureAwait(false);
            }
            catch (SandboxException)
            {
                // What does not end by itself ends with the sandbox, or is named below.
            }
        }

        try
        {
            await holder.QuitAsync().ConfigureAwait(false);
            lease.IsGood = true;
        }
        finally
        {
            await holder.DisposeAsync().ConfigureAwait(false);
            await lease.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<BashConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (holder.HasEnded)
        {
            throw new SandboxException($"{host.Name}: the connection of the sandbox was lost; the host has ended what ran in it and removed its files.");
        }

        try
        {
            return await SandboxSession.OpenAsync(pool, host, holder, NameOf(holder.Directory), Interlocked.Increment(ref _sessions), cancellationToken).ConfigureAwait(false);
        }
        catch (SshException e)
        {
            throw new SandboxException(e.Message, e);
        }
    }

    private async Task RunAsync(string script, Stream? input, Stream output, CancellationToken cancellationToken)
    {
        var reply = new HostReply();
        reply.ExitCode = await pool.UseAsync(
            host,
            connection => connection.RunAsync(
                script,
                input is null ? null : (stdin, token) => input.CopyToAsync(stdin, 128 * 1024, token),
                async (stream, bytes) =>
                {
                    if (stream == OutputStream.Output && output != Stream.Null)
                    {
                        await output.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
                    }
                    else
                    {
                        reply.Take(stream, bytes.Span);
                    }
                },
                cancellationToken),
            cancellationToken).ConfigureAwait(false);
        reply.End();
        if (reply.ExitCode != 0)
        {
            throw new IOException(reply.Complaint());
        }
    }

    private string Inside(string path) => path.StartsWith('/') ? path.TrimEnd('/') : $"{Root}/{path.TrimEnd('/')}";

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string ParentOf(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "/";

    private static FileStream Temporary() => new(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });

    private static async Task TryAsync(string complaint, Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e) when (e is SshException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new SandboxException($"{complaint}: {e.Message}", e);
        }
    }
}
