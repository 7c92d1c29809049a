using System.CommandLine;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker freeze: lets nobody deploy to a target until it is unlocked.</summary>
internal static class FreezeCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var target = new Argument<string>("TARGET") { Description = "The target's name." };
        var message = new Option<string>("--message") { Description = "What those who want to deploy are told.", HelpName = "TEXT", Required = true };
        var command = new Command("freeze", "Let nobody deploy to a target until 'wercker unlock' ends it.") { target, message, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var state = new StateDirectory(options.ProjectOf(result).StateDirectory);
            var name = result.GetValue(target)!;
            if (string.IsNullOrWhiteSpace(name) || result.GetValue(message) is not { } why || string.IsNullOrWhiteSpace(why))
            {
                throw new ConfigurationException("freeze: name the target, and say with --message why nobody may deploy to it.");
            }

            state.Prepare();
            try
            {
                await state.Store.FreezeAsync(name, why.Trim(), Operator.Name, cancellationToken);
            }
            catch (DeploymentLockedException taken)
            {
                throw new ConfigurationException($"Target '{name}' cannot be frozen now. {taken.Message}", taken);
            }

            terminal.Result($"Target '{name}' is frozen. 'wercker unlock {name} --reason TEXT' ends it.");
            return ExitCode.Succeeded;
        });
        return command;
    }
}
