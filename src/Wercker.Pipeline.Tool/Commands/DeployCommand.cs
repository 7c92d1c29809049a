using System.CommandLine;
using Wercker.Pipeline.Tool.Projects;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker deploy: deploys, shows it, keeps the run and its report.</summary>
internal static class DeployCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var command = new Command("deploy", "Deploy what wercker.json describes.");
        options.AddProjectOptions(command);
        command.Add(options.Report);
        command.Add(options.Wait);
        command.Add(options.OnFailure);
        command.SetAction(result => RunAsync(options.ProjectOf(result), result.GetValue(options.Report), options.WaitOf(result), result.GetValue(options.Json), terminal));
        return command;
    }

    private static async Task<int> RunAsync(ProjectOptions options, string? reportDirectory, TimeSpan wait, bool json, Terminal terminal)
    {
        await using var state = new StateDirectory(options.StateDirectory);
        using var session = new RunSession(state, reportDirectory, json, terminal);
        var project = await Project.LoadAsync(options, session.Cancel);
        project = project.Without(reportDirectory is null ? [state.Path] : [state.Path, Path.GetFullPath(reportDirectory)]);
        using var pipeline = new ProjectPipeline(project, session.Say) { Wait = wait };
        ProjectPipeline.EnsureReady(pipeline.Build().Plan(project.Request), pipeline.FindObstacle());
        foreach (var warning in project.Config.Warnings)
        {
            terminal.Say(warning.ToString());
        }

        await InterruptedRuns.EnsureNoneAsync(state, project.Target.Name, TimeProvider.System, session.Cancel);
        return await session.RunAsync(pipeline, [], (made, abort, cancel) => made.DeployAsync(project.Request, abort, cancel));
    }
}
