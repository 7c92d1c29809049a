using System.Text;
using Wercker.Pipeline.Ssh.Connections;

namespace Wercker.Pipeline.Ssh.Scripts;

/// <summary>Runs scripts on a host and shows what the commands in them print.</summary>
/// <param name="connection">The connection.</param>
/// <param name="output">Takes whole lines; called from several hosts at a time.</param>
internal sealed class HostRun(ISshConnection connection, Func<string, ValueTask> output)
{
    /// <summary>Runs a script.</summary>
    /// <param name="command">The script with its variables.</param>
    /// <param name="firstLine">What it reads first from stdin; null for nothing.</param>
    /// <param name="upload">Opens the upload from a byte on, for scripts that ask for one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HostReply> RunAsync(string command, string? firstLine, Func<long, Stream>? upload, CancellationToken cancellationToken)
    {
        var reply = new HostReply();
        Func<Stream, CancellationToken, Task>? feed = firstLine is null && upload is null ? null : (input, token) => FeedAsync(reply, input, firstLine, upload, token);
        try
        {
            reply.ExitCode = await connection.RunAsync(
                command,
                feed,
                async (stream, bytes) =>
                {
                    foreach (var line in reply.Take(stream, bytes.Span))
                    {
                        await output(line).ConfigureAwait(false);
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var line in reply.End())
            {
                await output(line).ConfigureAwait(false);
            }
        }

        return reply;
    }

    private static async Task FeedAsync(HostReply reply, Stream input, string? firstLine, Func<long, Stream>? upload, CancellationToken cancellationToken)
    {
        if (firstLine is not null)
        {
            await input.WriteAsync(Encoding.UTF8.GetBytes(firstLine + "\n"), cancellationToken).ConfigureAwait(false);
            await input.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        if (upload is not null && await reply.Need.WaitAsync(cancellationToken).ConfigureAwait(false) is { } offset)
        {
            var bytes = upload(offset);
            await using (bytes.ConfigureAwait(false))
            {
                await bytes.CopyToAsync(input, 128 * 1024, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
