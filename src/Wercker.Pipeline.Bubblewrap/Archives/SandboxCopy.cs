using System.Runtime.Versioning;
using System.Text;
using Wercker.Pipeline.Bubblewrap.Namespaces;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Bash;
using Wercker.Pipeline.Sandboxes.Linux;
using Wercker.Pipeline.Sandboxes.Sources;

namespace Wercker.Pipeline.Bubblewrap.Archives;

/// <summary>Copies files into and out of a sandbox, by tar in a shell of its own.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SandboxCopy(BubblewrapSandbox sandbox)
{
    /// <summary>Copies in.</summary>
    /// <param name="from">The full path outside.</param>
    /// <param name="to">The full path inside.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SandboxException">It cannot be copied.</exception>
    public async ValueTask InAsync(string from, string to, CancellationToken cancellationToken)
    {
        var isDirectory = new DirectoryInfo(from) is { Exists: true, LinkTarget: null };
        var archive = Path.Combine(sandbox.Layout.Control, Path.GetFileName(sandbox.NewFile()));
        try
        {
            await Task.Run(() => TarArchive.Pack(from, archive, Path.GetFileName(to), cancellationToken), cancellationToken).ConfigureAwait(false);
            if (sandbox.Owner is { } owner)
            {
                Libc.ChangeOwner(archive, owner, owner);
            }

            var text = new StringBuilder("target=");
            BashScript.Quote(text, isDirectory ? to : Path.GetDirectoryName(to)!);
            text.Append($"; mkdir -p -- \"$target\" && tar --extract --preserve-permissions --no-same-owner --unlink-first --file {Layout.ControlInside}/{Path.GetFileName(archive)} --directory \"$target\"");
            await RunAsync(text.ToString(), new Kept(null), $"{from} could not be copied to {to}", cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"{from} could not be copied to {to}: {e.Message}", e);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    /// <summary>Copies out.</summary>
    /// <param name="from">The full path inside.</param>
    /// <param name="to">The full path outside.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="SandboxException">It cannot be copied.</exception>
    public async ValueTask OutAsync(string from, string to, CancellationToken cancellationToken)
    {
        var archive = sandbox.NewFile();
        var unpacked = sandbox.NewFile();
        var text = new StringBuilder("path=");
        BashScript.Quote(text, from.TrimEnd('/'));
        text.Append("; if [ -d \"$path\" ] && [ ! -L \"$path\" ]; then tar --create --hard-dereference --directory \"$path\" .; ")
            .Append("else tar --create --hard-dereference --directory \"$(dirname -- \"$path\")\" -- \"$(basename -- \"$path\")\"; fi");
        try
        {
            using (var stream = new FileStream(archive, FileMode.CreateNew, FileAccess.Write))
            {
                await RunAsync(text.ToString(), new Kept(stream), $"{from} could not be copied to {to}", cancellationToken).ConfigureAwait(false);
            }

            Directory.CreateDirectory(unpacked);
            bool isDirectory;
            using (var stream = File.OpenRead(archive))
            {
                isDirectory = await TarUnpacking.UnpackAsync(stream, unpacked, cancellationToken).ConfigureAwait(false);
            }

            var whole = isDirectory ? unpacked : Path.Combine(unpacked, Path.GetFileName(from.TrimEnd('/')));
            await Task.Run(() => new FileCopy(cancellationToken).Copy(whole, to), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SandboxException($"{from} could not be copied to {to}: {e.Message}", e);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    private async Task RunAsync(string text, Kept output, string failure, CancellationToken cancellationToken)
    {
        var shell = await sandbox.OpenShellAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = shell.ConfigureAwait(false);
        var command = new ShellCommand(text) { Hidden = true, Timeout = Timeout.InfiniteTimeSpan, NoOutputTimeout = Timeout.InfiniteTimeSpan };
        var result = await shell.RunAsync(command, output, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
        {
            throw new SandboxException($"{failure}: {output.ErrorText} {result.Detail}".TrimEnd());
        }
    }

    /// <summary>Keeps the output in a file, and what tar complains about.</summary>
    private sealed class Kept(Stream? file) : IOutputWriter
    {
        private const int MostWords = 2000;
        private readonly StringBuilder _error = new();

        public string ErrorText => _error.ToString().Trim();

        public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (stream == OutputStream.Output && file is not null)
            {
                await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            }
            else if (_error.Length < MostWords)
            {
                _error.Append(Encoding.UTF8.GetString(bytes.Span));
            }
        }
    }
}
