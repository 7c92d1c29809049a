using System.Text;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Scripts;

namespace Wercker.Pipeline.Ssh.Releases;

/// <summary>A command of the author on one host. Its limits are watched here; over there it ends with its stdin.</summary>
internal sealed class OneOffCommand(SshOptions options, HostPool pool)
{
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        var time = context.TimeProvider;
        var started = time.GetTimestamp();
        using var total = new CancellationTokenSource(command.Timeout, time);
        using var silence = new CancellationTokenSource(command.NoOutputTimeout, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token, silence.Token);
        try
        {
            var exitCode = await pool.UseAsync(
                HostOf(),
                connection => connection.RunAsync(
                    ReleaseScripts.Command.With(("root", options.PathOn(HostOf())), ("command", command.Text)),
                    (input, token) => FeedAsync(input, VariablesOf(context), token),
                    async (stream, bytes) =>
                    {
                        silence.CancelAfter(command.NoOutputTimeout);
                        await output.WriteAsync(stream, bytes, CancellationToken.None).ConfigureAwait(false);
                    },
                    all.Token),
                all.Token).ConfigureAwait(false);
            return new CommandResult(CommandEnd.Exited, exitCode, time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && all.IsCancellationRequested)
        {
            return new CommandResult(total.IsCancellationRequested ? CommandEnd.TimedOut : CommandEnd.Silent, 128 + 15, time.GetElapsedTime(started));
        }
    }

    private SshHost HostOf() => options.CommandRole is not { } role ? options.Hosts[0]
        : options.Hosts.FirstOrDefault(host => host.Roles.Contains(role, StringComparer.Ordinal)) ?? throw new ConfigurationException($"No host has the role '{role}', which one-off commands are to run on.");

    // The text of exports, which travels over stdin: nothing of it is seen in the list of processes.
    private string VariablesOf(DeployContext context) => string.Concat(options.CommandVariables
        .Select(name => context.Environment.TryGet(name, out var value) ? $"export {name}={HostScript.Quote(value)}\n" : string.Empty));

    private static async Task FeedAsync(Stream input, string variables, CancellationToken cancellationToken)
    {
        await input.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.UTF8.GetBytes(variables)) + "\n"), cancellationToken).ConfigureAwait(false);
        await input.FlushAsync(cancellationToken).ConfigureAwait(false);

        // Stdin stays open as long as the command may run.
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
