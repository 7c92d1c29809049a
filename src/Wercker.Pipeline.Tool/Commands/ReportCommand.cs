using System.CommandLine;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker report: what happened in a run.</summary>
internal static class ReportCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var command = new Command("report", "Show the report of a run.") { options.Id, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            return await RunAsync(state, result.GetValue(options.Id), result.GetValue(options.Json), terminal, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(StateDirectory state, string? id, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var run = await state.FindAsync(id, cancellationToken);
        var report = await state.ReadAsync(run, cancellationToken);
        await InterruptedRuns.MentionAsync(state, report.Target, terminal.Say, TimeProvider.System, cancellationToken);
        await state.CompleteFilesAsync(run, cancellationToken);
        if (json)
        {
            report.WriteJson(terminal.Output);
            return ExitCode.Succeeded;
        }

        terminal.Result(ReportText.Full(report));
        terminal.Result($"Report: {Path.Combine(state.DirectoryOf(run), "report.html")}");
        return ExitCode.Succeeded;
    }
}
