using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Wercker.Pipeline.Stores;
using Wercker.Pipeline.Tool.Progress;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker runs: what was deployed, the newest first.</summary>
internal static class RunsCommand
{
    private const int DefaultLimit = 100;

    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var target = new Option<string?>("--target") { Description = "Only runs to this target.", HelpName = "NAME" };
        var status = new Option<string?>("--status") { Description = "Only running, succeeded, failed, inconclusive or canceled runs.", HelpName = "STATUS" };
        status.AcceptOnlyFromAmong([.. Enum.GetNames<DeployStatus>().Select(CamelCase)]);
        var text = new Option<string?>("--search") { Description = "Only runs with this text in their id, application, revision, target or requester.", HelpName = "TEXT" };
        var limit = new Option<int>("--limit")
        {
            Description = "List so many at most. Default: 100.",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultLimit,
            Validators = { result => Check(result) },
        };
        var command = new Command("runs", "List the runs, the newest first.") { options.Config, options.State, target, status, text, limit };
        command.SetAction(async (result, cancellationToken) =>
        {
            var search = new DeploymentSearch
            {
                Target = result.GetValue(target),
                Status = result.GetValue(status) is { } named ? Enum.Parse<DeployStatus>(named, ignoreCase: true) : null,
                Text = result.GetValue(text),
                Limit = result.GetValue(limit),
            };
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            return await RunAsync(state, search, result.GetValue(options.Json), terminal, cancellationToken);
        });
        return command;
    }

    private static void Check(OptionResult result)
    {
        if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0))
        {
            result.AddError($"--limit: '{ConsoleText.CleanLine(token.Value)}' is no number of runs from 1.");
        }
    }

    private static async Task<int> RunAsync(StateDirectory state, DeploymentSearch search, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var reports = new List<DeployReport>();
        var entries = await state.Store.SearchAsync(search, cancellationToken);
        foreach (var entry in entries)
        {
            try
            {
                reports.Add(await state.ReadAsync(entry.Id, cancellationToken));
            }
            catch (InvalidDataException damage)
            {
                // One damaged run must not hide the others.
                terminal.Say($"wercker: run {entry.Id}: {damage.Message}");
            }
        }

        if (entries.Count == search.Limit && await state.Store.CountAsync(search, cancellationToken) - entries.Count is > 0 and var older)
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"wercker: {older} older {(older == 1 ? "run is" : "runs are")} not listed: --limit {older + entries.Count} lists all, --search, --status and --target choose."));
        }

        await InterruptedRuns.MentionAsync(state, null, terminal.Say, TimeProvider.System, cancellationToken);
        if (json)
        {
            JsonOutput.Write(terminal, writer => Write(writer, reports));
            return ExitCode.Succeeded;
        }

        if (entries.Count == 0)
        {
            var any = search == new DeploymentSearch { Limit = search.Limit };
            terminal.Say(any ? $"There are no runs in {state.Path}." : $"There are no such runs in {state.Path}.");
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
