using System.CommandLine;
using Wercker.Pipeline.Tool.Projects;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker resume: goes on with a run whose process has ended, takes it back, or closes it as it is.</summary>
internal static class ResumeCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var undo = new Option<bool>("--undo") { Description = "Take back what the run did instead of going on with it." };
        var abandon = new Option<string?>("--abandon") { Description = "Close the run as it is, for this reason: nothing is run and nothing is undone.", HelpName = "REASON" };
        var command = new Command("resume", "Go on with a run that was interrupted. Default: the only one that was.") { options.Id, undo, abandon };
        options.AddProjectOptions(command);
        command.Add(options.Report);
        command.Add(options.Wait);
        command.Add(options.OnFailure);
        command.SetAction(async (result, cancellationToken) =>
        {
            if (result.GetValue(undo) && result.GetValue(abandon) is not null)
            {
                throw new ConfigurationException("--undo takes the run back and --abandon leaves it as it is: leave out one of the two.");
            }

            var project = options.ProjectOf(result);
            await using var state = new StateDirectory(project.StateDirectory);
            var id = await ChooseAsync(state, result.GetValue(options.Id), cancellationToken);
            using var session = new RunSession(state, result.GetValue(options.Report), result.GetValue(options.Json), terminal);
            return result.GetValue(abandon) is { } reason
                ? await AbandonAsync(state, id, reason, result.GetValue(options.Json), terminal, cancellationToken)
                : await RunAsync(state, session, project, id, result.GetValue(undo), options.WaitOf(result), session.Cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        StateDirectory state, RunSession session, ProjectOptions options, string id, bool undo, TimeSpan wait, CancellationToken cancellationToken)
    {
        var events = await state.EventsOfAsync(id, cancellationToken);
        if (!undo && UndoMark.IsUnknownTo(events, state))
        {
            session.Say($"wercker: run {id} lost its journal and was taken back without it: it is undone, and not gone on with.");
            undo = true;
        }

        await state.CompleteFilesAsync(id, cancellationToken);
        var header = events[0].Header ?? throw new InvalidDataException($"The beginning of run {id} is missing from the journal.");
        var project = await Project.LoadAsync(options with { Target = options.Target ?? header.Target }, cancellationToken);

        // The files that the run began with are named in its journal. What is taken back needs no files, so it does not matter what is checked out by now.
        project = project with
        {
            Request = project.Request with
            {
                App = header.App,
                Revision = undo ? header.Revision : project.Request.Revision,
                Source = header.Source ?? project.Request.Source,
                RequestedBy = header.RequestedBy,
            },
        };
        using var pipeline = new ProjectPipeline(project, session.Say) { Wait = wait };
        return await session.RunAsync(
            pipeline,
            events,
            (made, abort, cancel) => undo ? made.UndoAsync(id, project.Request, abort) : made.ResumeAsync(id, project.Request, abort, cancel));
    }

    private static async Task<int> AbandonAsync(StateDirectory state, string id, string reason, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var before = await state.ReadAsync(id, cancellationToken);
        var lease = before.Target is { } target ? await state.Store.FindLeaseAsync(target, cancellationToken) : null;
        if (lease is { IsOrphaned: false } && lease.DeploymentId == id)
        {
            throw new ConfigurationException($"Run {id} is still running: 'wercker cancel {id}' cancels it.");
        }

        var services = new PipelineServices { Journal = state.Store, Lock = state.Store };
        var closing = new DeployPipelineBuilder("abandon", services).AddStep("nothing", (_, _) => new(StepResult.Succeeded())).Build();
        var report = await closing.AbandonAsync(id, $"{reason} ({Operator.Name})", cancellationToken);
        await state.CompleteFilesAsync(id, cancellationToken);
        if (json)
        {
            report.WriteJson(terminal.Output);
        }
        else
        {
            terminal.Result(ReportText.Summary(report));
        }

        return ExitCode.Succeeded;
    }

    /// <summary>The run that is meant; without an id, the only one that was interrupted.</summary>
    private static async Task<string> ChooseAsync(StateDirectory state, string? id, CancellationToken cancellationToken)
    {
        if (id is not null)
        {
            return await state.FindAsync(id, cancellationToken);
        }

        var interrupted = await InterruptedRuns.FindAsync(state, null, cancellationToken);
        return interrupted switch
        {
            [var only] => only.Id,
            [] => throw new ConfigurationException($"No run in {state.Path} was interrupted."),
            _ => throw new ConfigurationException($"Several runs were interrupted, say which one: {string.Join(", ", interrupted.Select(entry => entry.Id))}."),
        };
    }
}
