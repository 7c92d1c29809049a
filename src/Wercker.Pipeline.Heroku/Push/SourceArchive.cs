using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>The staged files as one .tar.gz.</summary>
internal static class SourceArchive
{
    /// <summary>Writes the archive.</summary>
    /// <returns>Its SHA-256 in lower-case hex.</returns>
    public static async Task<string> WriteAsync(string directory, string file, CancellationToken cancellationToken)
    {
        var target = File.Create(file);
        await using (target.ConfigureAwait(false))
        {
            var compressed = new GZipStream(target, CompressionLevel.Optimal);
            await using (compressed.ConfigureAwait(false))
            {
                await TarFile.CreateFromDirectoryAsync(directory, compressed, includeBaseDirectory: false, cancellationToken).ConfigureAwait(false);
            }
        }

        var written = File.OpenRead(file);
        await using (written.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(written, cancellationToken).ConfigureAwait(false));
        }
    }
}
