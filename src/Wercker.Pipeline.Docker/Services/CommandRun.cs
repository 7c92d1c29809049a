using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>One-off commands within their time limits.</summary>
internal sealed class CommandRun(IWorkload workload, DockerServiceOptions options)
{
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        using var watch = new CommandWatch(command, context.TimeProvider, cancellationToken);
        var order = new ServiceCommand(command.Text, context.DeploymentId, [.. VariablesOf(context.Environment)], async (stream, bytes) =>
        {
            watch.Heard();
            await output.WriteAsync(stream, bytes, CancellationToken.None).ConfigureAwait(false);
        });
        try
        {
            return new CommandResult(CommandEnd.Exited, await workload.RunAsync(order, watch.Token).ConfigureAwait(false), watch.Elapsed);
        }
        catch (OperationCanceledException) when (watch.IsOver)
        {
            return new CommandResult(watch.End, 128 + 9, watch.Elapsed);
        }
    }

    private IEnumerable<string> VariablesOf(DeployEnvironment environment) =>
        options.CommandVariables.Where(name => environment.TryGet(name, out _)).Select(name => environment.TryGet(name, out var value) ? $"{name}={value}" : name);
}
