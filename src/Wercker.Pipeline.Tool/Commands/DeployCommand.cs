using System.CommandLine;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Tool.Progress;
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
        command.SetAction(result => RunAsync(options.ProjectOf(result), result.GetValue(options.Report), result.GetValue(options.Json), terminal));
        return command;
    }

    private static async Task<int> RunAsync(ProjectOptions options, string? reportDirectory, bool json, Terminal terminal)
    {
        IProgress? progress = null;
        using var signals = new CancelSignals(message => (progress is { } shown ? shown.Say : (Action<string>)terminal.Say)(message));
        var state = new StateDirectory(options.StateDirectory);
        var project = await Project.LoadAsync(options, signals.Cancel);
        project = project.Without(reportDirectory is null ? [state.Path] : [state.Path, Path.GetFullPath(reportDirectory)]);
        using var pipeline = new ProjectPipeline(project);
        ProjectPipeline.EnsureReady(pipeline.Build().Plan(project.Request), pipeline.FindObstacle());
        foreach (var warning in project.Config.Warnings)
        {
            terminal.Say(warning.ToString());
        }

        state.Prepare();
        await using var kept = new ReportFolder(state.Journal.RunsDirectory) { FolderPerDeployment = true };
        await using var wanted = reportDirectory is { } directory ? new ReportFolder(directory) : null;
        DeployReport report;
        await using (progress = ProgressChoice.Choose(terminal))
        {
            ReportFolder[] folders = wanted is null ? [kept] : [kept, wanted];
            var services = new PipelineServices { Journal = state.Journal, Observers = [.. folders, progress], Outputs = [.. folders, progress] };
            report = await pipeline.Build(services).DeployAsync(project.Request, signals.Abort, signals.Cancel);
        }

        state.Protect(report.Id);
        Show(report, Path.Combine(wanted?.Directory ?? state.DirectoryOf(report.Id), "report.html"), json, terminal);
        return ExitCode.Of(report);
    }

    private static void Show(DeployReport report, string path, bool json, Terminal terminal)
    {
        if (json)
        {
            report.WriteJson(terminal.Output);
            return;
        }

        var summary = ReportText.Summary(report);
        terminal.Result(GitHubProgress.IsWanted ? GitHubProgress.Quote(summary) : summary);
        terminal.Result($"Report: {path}");
    }
}
