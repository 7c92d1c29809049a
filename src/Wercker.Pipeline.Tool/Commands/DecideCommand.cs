using System.CommandLine;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker decide: answers what a run of another process asks, or what one asked whose process has ended.</summary>
internal static class DecideCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "The run's id, or enough of its beginning or end." };
        var choice = new Argument<string>("CHOICE") { Description = "retry, ignore, fail, roll-back; or approve, reject." };
        var reason = new Option<string?>("--reason") { Description = "Why; it is recorded and shown in every report.", HelpName = "TEXT" };
        var step = new Option<string?>("--step") { Description = "The step, where several questions are open.", HelpName = "NAME" };
        var command = new Command("decide", "Decide what a run waits for.") { id, choice, reason, step, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            var run = await state.FindAsync(result.GetValue(id), cancellationToken);
            var question = await FindAsync(state, run, result.GetValue(step), cancellationToken);
            var word = result.GetValue(choice)!;
            var chosen = question.Choices.Where(one => DecisionText.Of(one).Equals(word, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (chosen.Length == 0)
            {
                throw new ConfigurationException($"'{ConsoleText.CleanLine(word)}' cannot be decided over {question.Step} of run {run}: say one of {DecisionText.Of(question.Choices)}.");
            }

            var answer = new Decision(chosen[0], Operator.Name, result.GetValue(reason) is { } why && !string.IsNullOrWhiteSpace(why) ? why.Trim() : null);
            var counts = await state.Store.AnswerAsync(question, answer, cancellationToken) ?? throw new ConfigurationException($"Run {run} waits for no decision over {question.Step} any more.");
            if (counts with { At = null } != answer)
            {
                throw new ConfigurationException($"{question.Step} of run {run} was decided before: {DecisionText.Of(question with { Decision = counts })}.");
            }

            terminal.Result(await HasTakenAsync(state, question, cancellationToken) is { } taken
                ? $"Run {run}, {question.Step}: {DecisionText.Of(taken)}."
                : $"Run {run}, {question.Step}: {DecisionText.Of(chosen[0])} is noted. No process waits for it: 'wercker resume {run}' goes on with it.");
            return ExitCode.Succeeded;
        });
        return command;
    }

    private static async Task<DecisionRequest> FindAsync(StateDirectory state, string run, string? step, CancellationToken cancellationToken)
    {
        var report = await state.ReadAsync(run, cancellationToken);
        var open = report.Status == DeployStatus.Running ? report.Decisions.Where(one => one.Decision is null && (step is null || one.Step == step)).ToArray() : [];
        return open switch
        {
            [var only] => only,
            [] => throw new ConfigurationException($"Run {run} waits for no decision{(step is null ? string.Empty : $" over {ConsoleText.CleanLine(step)}")}. {report.Summary}"),
            _ => throw new ConfigurationException($"Run {run} waits for several decisions, say which one with --step: {string.Join(", ", open.Select(one => one.Step))}."),
        };
    }

    /// <summary>The decision as the run has recorded it; null when nobody took it.</summary>
    private static async Task<DecisionRequest?> HasTakenAsync(StateDirectory state, DecisionRequest question, CancellationToken cancellationToken)
    {
        var asked = TimeProvider.System.GetTimestamp();
        do
        {
            if ((await state.ReadAsync(question.DeploymentId, cancellationToken)).Decisions.First(one => one.Id == question.Id) is { Decision: not null } decided)
            {
                return decided;
            }

            if ((await InterruptedRuns.FindAsync(state, null, cancellationToken)).Any(entry => entry.Id == question.DeploymentId))
            {
                return null;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }
        while (TimeProvider.System.GetElapsedTime(asked) < Patience);

        return null;
    }
}
