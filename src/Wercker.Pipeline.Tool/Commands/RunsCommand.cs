using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Wercker.Pipeline.Tool.Progress;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker runs: what was deployed, the newest first.</summary>
internal static class RunsCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var command = new Command("runs", "List the runs, the newest first.") { options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            return await RunAsync(state, result.GetValue(options.Json), terminal, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(StateDirectory state, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var reports = new List<DeployReport>();
        foreach (var id in await state.ListAsync(cancellationToken))
        {
            try
            {
                reports.Add(await state.ReadAsync(id, cancellationToken));
            }
            catch (InvalidDataException damage)
            {
                // One damaged run must not hide the others.
                terminal.Say($"wercker: run {id}: {damage.Message}");
            }
        }

        await InterruptedRuns.MentionAsync(state, null, terminal.Say, TimeProvider.System, cancellationToken);
        if (json)
        {
            JsonOutput.Write(terminal, writer => Write(writer, reports));
            return ExitCode.Succeeded;
        }

        if (reports.Count == 0)
        {
            terminal.Say($"There are no runs in {state.Path}.");
        }

        foreach (var report in reports)
        {
            var time = report.FinishedAt is { } end ? StepWords.Of(end - report.StartedAt) : string.Empty;
            var status = report.Status.ToString().ToLowerInvariant();
            terminal.Result(ConsoleText.CleanLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{report.Id}  {ReportText.Time(report.StartedAt)}  {status,-12} {time,10}  {report.App} {report.Revision}{(report.Target is { } target ? $" to {target}" : string.Empty)}")));
        }

        return ExitCode.Succeeded;
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<DeployReport> reports)
    {
        json.WriteStartArray();
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteString("id", report.Id);
            json.WriteString("app", report.App);
            json.WriteString("revision", report.Revision);
            json.WriteString("target", report.Target);
            json.WriteString("requestedBy", report.RequestedBy);
            json.WriteString("status", CamelCase(report.Status.ToString()));
            json.WriteString("restore", CamelCase(report.Restore.ToString()));
            json.WriteString("summary", report.Summary);
            json.WriteString("startedAt", report.StartedAt);
            if (report.FinishedAt is { } finishedAt)
            {
                json.WriteString("finishedAt", finishedAt);
            }
            else
            {
                json.WriteNull("finishedAt");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
