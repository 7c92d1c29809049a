using System.CommandLine;
using System.CommandLine.Invocation;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Tool.Commands;

namespace Wercker.Pipeline.Tool;

/// <summary>The command line: what may be said, and what becomes of what goes wrong.</summary>
internal sealed class WerckerCommandLine(Terminal terminal)
{
    private readonly CommandOptions _options = new();

    public async Task<int> RunAsync(string[] args)
    {
        var result = Root().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is ParseErrorAction)
        {
            var hint = $"See '{string.Join(' ', Path(result))} --help'.";
            return Refuse(new ConfigurationException($"{string.Join(" ", result.Errors.Select(error => error.Message))} {hint}"), args.Contains("--json"));
        }

        try
        {
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception) when (exception is ConfigurationException or DeploymentLockedException)
        {
            return Refuse(exception, result.GetValue(_options.Json));
        }
        catch (OperationCanceledException)
        {
            // Canceled before anything was started.
            Refuse(new ConfigurationException("Canceled; nothing was started."), result.GetValue(_options.Json));
            return ExitCode.Canceled;
        }
        catch (Exception exception)
        {
            Refuse(exception, result.GetValue(_options.Json));
            if (exception is not (IOException or UnauthorizedAccessException or InvalidDataException))
            {
                // A fault of the tool itself: whoever reports it needs to know where.
                terminal.Say(exception.StackTrace ?? string.Empty);
            }

            return ExitCode.Failed;
        }
    }

    private RootCommand Root() => new("Deployments that prove themselves: what wercker.json says, step by step, with a report.")
    {
        _options.Json,
        ValidateCommand.Create(_options, terminal),
        PlanCommand.Create(_options, terminal),
        DeployCommand.Create(_options, terminal),
        VerifyCommand.Create(_options, terminal),
        RunsCommand.Create(_options, terminal),
        LogCommand.Create(_options, terminal),
        ReportCommand.Create(_options, terminal),
        ResumeCommand.Create(_options, terminal),
        CancelCommand.Create(_options, terminal),
        DecideCommand.Create(_options, terminal),
        FreezeCommand.Create(_options, terminal),
        UnlockCommand.Create(_options, terminal),
        DashboardCommand.Create(_options, terminal),
    };

    private int Refuse(Exception exception, bool json)
    {
        if (json)
        {
            JsonOutput.WriteError(terminal, exception);
        }

        terminal.Say(exception is ConfigurationException { Line: not null } ? exception.Message : $"wercker: {exception.Message}");
        return ExitCode.Refused;
    }

    private static Stack<string> Path(ParseResult result)
    {
        var path = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result.CommandResult; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
        {
            path.Push(command.Command is RootCommand ? "wercker" : command.Command.Name);
        }

        return path;
    }
}
