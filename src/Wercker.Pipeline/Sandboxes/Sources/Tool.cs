using System.Diagnostics;
using System.Text;

namespace Wercker.Pipeline.Sandboxes.Sources;

/// <summary>Runs a program to its end and keeps what it says: git and dpkg, whose answers are short.</summary>
internal static class Tool
{
    /// <summary>Runs it.</summary>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="input">What it reads from stdin; nothing by default.</param>
    public static async Task<ToolAnswer> RunAsync(
        string path,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string?>? environment = null,
        ReadOnlyMemory<byte> input = default)
    {
        var start = new ProcessStartInfo(path, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            using var output = new MemoryStream();
            var copying = process.StandardOutput.BaseStream.CopyToAsync(output, cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken).ConfigureAwait(false);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading everything; its exit code and words say why.
            }

            await copying.ConfigureAwait(false);
            var words = await errors.ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ToolAnswer(process.ExitCode, output.ToArray(), words.Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}

/// <summary>What a tool said.</summary>
internal readonly record struct ToolAnswer(int ExitCode, byte[] Output, string ErrorText)
{
    public string OutputText => Encoding.UTF8.GetString(Output);
}
