using System.CommandLine;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker cancel: cancels a run of another process, and waits until its undo is over.</summary>
internal static class CancelCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var command = new Command("cancel", "Cancel a run of another process, and wait until it has undone what it did.") { options.Id, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            var id = await state.FindAsync(result.GetValue(options.Id), cancellationToken);
            return await RunAsync(state, id, terminal, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(StateDirectory state, string id, Terminal terminal, CancellationToken cancellationToken)
    {
        var report = await state.ReadAsync(id, cancellationToken);
        if (report.Status != DeployStatus.Running)
        {
            throw new ConfigurationException($"Run {id} is over: {report.Summary}");
        }

        await state.Store.RequestCancelAsync(id, Operator.Name, cancellationToken);
        while (report.Status == DeployStatus.Running)
        {
            if ((await InterruptedRuns.FindAsync(state, report.Target, cancellationToken)).Any(entry => entry.Id == id)
                && (await state.ReadAsync(id, cancellationToken)).Status == DeployStatus.Running)
            {
                throw new ConfigurationException($"The process of run {id} has ended, nobody is there to cancel it: 'wercker resume {id} --undo' takes it back.");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            report = await state.ReadAsync(id, cancellationToken);
        }

        terminal.Result(ReportText.Summary(report));
        return ExitCode.Of(report);
    }
}
