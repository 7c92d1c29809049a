using System.CommandLine;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker unlock: takes a target away from whoever holds it, or ends a freeze.</summary>
internal static class UnlockCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var target = new Argument<string>("TARGET") { Description = "The target's name." };
        var reason = new Option<string>("--reason") { Description = "Why; it is recorded.", HelpName = "TEXT", Required = true };
        var command = new Command("unlock", "Take a target away from the run that holds it, or end a freeze. The run notices before its next step and changes nothing more.")
        {
            target, reason, options.Config, options.State,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            var name = result.GetValue(target)!;
            if (result.GetValue(reason) is not { } why || string.IsNullOrWhiteSpace(why))
            {
                throw new ConfigurationException("--reason: say why the target is taken away; it is recorded.");
            }

            var ended = await state.Store.FindLeaseAsync(name, cancellationToken) is not null
                ? await state.Store.UnlockAsync(name, why, Operator.Name, cancellationToken)
                : null;
            terminal.Result(ended is null
                ? $"Target '{name}' is free."
                : $"Target '{name}' is unlocked; it was {(ended.DeploymentId is { } id ? $"held by run {id} of" : "frozen by")} {ended.Owner} since {ReportText.Time(ended.Since)}.");
            return ExitCode.Succeeded;
        });
        return command;
    }
}
