using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>One-off commands within their time limits.</summary>
internal sealed class CommandRun(IWorkload workload, DockerServiceOptions options)
{
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        var time = context.TimeProvider;
        var started = time.GetTimestamp();
        using var total = new CancellationTokenSource(command.Timeout, time);
        using var silence = new CancellationTokenSource(command.NoOutputTimeout, time);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token, silence.Token);
        var order = new ServiceCommand(command.Text, context.DeploymentId, [.. VariablesOf(context.Environment)], async (stream, bytes) =>
        {
            silence.CancelAfter(command.NoOutputTimeout);
            await output.WriteAsync(stream, bytes, CancellationToken.None).ConfigureAwait(false);
        });
        try
        {
            return new CommandResult(CommandEnd.Exited, await workload.RunAsync(order, all.Token).ConfigureAwait(false), time.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && all.IsCancellationRequested)
        {
            return new CommandResult(total.IsCancellationRequested ? CommandEnd.TimedOut : CommandEnd.Silent, 128 + 9, time.GetElapsedTime(started));
        }
    }

    private IEnumerable<string> VariablesOf(DeployEnvironment environment) =>
        options.CommandVariables.Where(name => environment.TryGet(name, out _)).Select(name => environment.TryGet(name, out var value) ? $"{name}={value}" : name);
}
