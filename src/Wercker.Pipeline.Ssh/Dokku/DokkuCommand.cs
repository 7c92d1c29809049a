using System.Security.Cryptography;
using System.Text;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>
/// A one-off command in a container of the live release. Dokku cuts a command at blanks and knows no quotes, so the command travels as base64 in one word, becomes a
/// file in the container, and /bin/sh runs that.
/// </summary>
internal sealed class DokkuCommand(DokkuHost host)
{
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        using var watch = new CommandWatch(command, context.TimeProvider, cancellationToken);
        try
        {
            var exitCode = await host.RunAsync(
                $"--rm run {host.Options.App} sh -c {WordOf(command.Text)}",
                async (stream, bytes) =>
                {
                    watch.Heard();
                    await output.WriteAsync(stream, bytes, CancellationToken.None).ConfigureAwait(false);
                },
                watch.Token).ConfigureAwait(false);
            return new CommandResult(CommandEnd.Exited, exitCode, watch.Elapsed);
        }
        catch (OperationCanceledException) when (watch.IsOver)
        {
            return new CommandResult(watch.End, 128 + 15, watch.Elapsed);
        }
    }

    /// <summary>The command as one word without blanks, quotes and backslashes.</summary>
    internal static string WordOf(string text)
    {
        var file = $"/tmp/wercker-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        return $"echo${{IFS}}{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}|base64${{IFS}}-d>{file}&&exec${{IFS}}/bin/sh${{IFS}}{file}";
    }
}
