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
        using var watch = new CommandWatch(command, context.TimeProvider, cancellationToken);
        try
        {
            var exitCode = await pool.UseAsync(
                HostOf(),
                connection => connection.RunAsync(
                    ReleaseScripts.Command.With(("root", options.PathOn(HostOf())), ("command", command.Text)),
                    (input, token) => FeedAsync(input, VariablesOf(context), token),
                    async (stream, bytes) =>
                    {
                        watch.Heard();
                        await output.WriteAsync(stream, bytes, CancellationToken.None).ConfigureAwait(false);
                    },
                    watch.Token),
                watch.Token).ConfigureAwait(false);
            return new CommandResult(CommandEnd.Exited, exitCode, watch.Elapsed);
        }
        catch (OperationCanceledException) when (watch.IsOver)
        {
            return new CommandResult(watch.End, 128 + 15, watch.Elapsed);
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
