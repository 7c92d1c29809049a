using System.CommandLine;
using System.Globalization;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>The options that commands share.</summary>
internal sealed class CommandOptions
{
    public Option<bool> Json { get; } = new("--json") { Description = "Write exactly one JSON document to standard output.", Recursive = true };

    public Option<string> Config { get; } = new("--config") { Description = "The wercker.json, or its directory.", HelpName = "FILE", DefaultValueFactory = _ => "wercker.json" };

    public Option<string?> State { get; } = new("--state") { Description = "Where runs are kept. Default: .wercker beside the wercker.json.", HelpName = "DIR" };

    public Option<string?> Target { get; } = new("--target") { Description = "The deploy target. Default: the only one.", HelpName = "NAME" };

    public Option<string?> Source { get; } = new("--source")
    {
        Description = "The directory or artifact (.zip, .tar, .tar.gz, .tgz) to deploy. Default: the directory of the wercker.json.",
        HelpName = "PATH",
    };

    public Option<string?> Revision { get; } = new("--revision") { Description = "Deploy this commit, tag or branch of the source's git repository instead of its files.", HelpName = "REV" };

    public Option<string[]> Env { get; } = new("--env", "-e")
    {
        Description = "Set an environment variable of the deployment, over all others; without '=' it is taken from the caller's environment. May be repeated.",
        HelpName = "K=V",
        AllowMultipleArgumentsPerToken = false,
    };

    public Option<string?> Report { get; } = new("--report") { Description = "Write report.json, report.html, report.md, junit.xml and deploy.log to this directory.", HelpName = "DIR" };

    public Option<double> Wait { get; } = new("--wait")
    {
        Description = "Wait this long for another deployment of the target to end. Default: not at all.",
        HelpName = "SECONDS",
        Validators = { result => Check(result) },
    };

    public Option<string?> OnFailure { get; } = new("--on-failure")
    {
        Description = "What happens when a step does not succeed: roll-back, leave, or ask (see 'wercker decide'). Default: what the target's settings say.",
        HelpName = "POLICY",
    };

    public Argument<string?> Id { get; } = new("ID")
    {
        Description = "The run's id, or enough of its beginning or end. Default: the latest run.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public void AddProjectOptions(Command command)
    {
        command.Add(Config);
        command.Add(Target);
        command.Add(Source);
        command.Add(Revision);
        command.Add(Env);
        command.Add(State);
    }

    public ProjectOptions ProjectOf(ParseResult result) => new()
    {
        Config = result.GetValue(Config)!,
        Target = result.GetValue(Target),
        Source = result.GetValue(Source),
        Revision = result.GetValue(Revision),
        Variables = result.GetValue(Env) ?? [],
        OnFailure = result.GetValue(OnFailure),
        State = result.GetValue(State),
    };

    public TimeSpan WaitOf(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(Wait));

    private static void Check(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.Tokens is [var token] && (!double.TryParse(token.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > 86400))
        {
            result.AddError($"--wait: '{ConsoleText.CleanLine(token.Value)}' is no number of seconds from 0 to 86400.");
        }
    }
}
