using System.CommandLine;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker verify: what would the log and metrics tests of a target say about a deployment of the past?</summary>
internal static class VerifyCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var deployedAt = new Option<string>("--deployed-at")
        {
            Description = "When the new version was there: \"2013-04-19T10:15:00Z\", seconds since 1970, or \"-2h\" for two hours ago.",
            HelpName = "TIME",
            Required = true,
        };
        var until = new Option<string?>("--until") { Description = "The end of the time to look at; \"+10m\" counts from the deployment. Default: what the tests' settings say.", HelpName = "TIME" };
        var watch = new Option<bool>("--watch") { Description = "Look again until the time to look at is over, and print each verdict; the last one counts." };
        var every = new Option<string>("--every") { Description = "How long --watch waits between two looks. Default: 30s.", HelpName = "DURATION", DefaultValueFactory = _ => "30s" };
        var report = new Option<string?>("--report") { Description = "Write report.json, report.html, report.md and junit.xml to this directory.", HelpName = "DIR" };
        var command = new Command("verify", "Ask what the log and metrics tests of a target say about a deployment of the past.")
        {
            options.Config, options.Target, deployedAt, until, watch, every, options.Env, report,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var clock = TimeProvider.System;
            var now = clock.GetUtcNow();
            var past = PastOf(result.GetValue(deployedAt)!, result.GetValue(until), now);
            var pause = now - TimeOption.Parse("--every", $"-{result.GetValue(every)}", now);
            var project = await Project.LoadAsync(options.ProjectOf(result), cancellationToken);
            using var pipeline = new ProjectPipeline(project);
            var verification = new Verification(project, pipeline, past, clock);
            return await ShowAsync(verification, result.GetValue(watch) ? pause : null, result.GetValue(report), result.GetValue(options.Json), terminal, cancellationToken);
        });
        return command;
    }

    private static DeploymentOfThePast PastOf(string deployedAt, string? until, DateTimeOffset now)
    {
        var at = TimeOption.Parse("--deployed-at", deployedAt, now);
        if (at >= now)
        {
            throw new ConfigurationException($"--deployed-at {ReportText.Time(at)} is not in the past: there is nothing to look at yet.");
        }

        var end = until is null ? (DateTimeOffset?)null : TimeOption.Parse("--until", until, now, at);
        return end is null || end > at
            ? new DeploymentOfThePast(at, end)
            : throw new ConfigurationException($"--until {ReportText.Time(end.Value)} is not after the deployment at {ReportText.Time(at)}.");
    }

    private static async Task<int> ShowAsync(Verification verification, TimeSpan? pause, string? directory, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        DeployReport report;
        while (true)
        {
            var isOver = verification.IsOver;
            report = await verification.RunAsync(cancellationToken);
            if (pause is not { } time || isOver || report.Status == DeployStatus.Canceled)
            {
                break;
            }

            (json ? (Action<string>)terminal.Say : terminal.Result)(ConsoleText.CleanLine($"{ReportText.Time(report.FinishedAt ?? report.StartedAt)} {Verification.Verdicts(report)}"));
            await verification.WaitAsync(time, cancellationToken);
        }

        if (directory is not null)
        {
            Keep(report, directory);
        }

        if (json)
        {
            report.WriteJson(terminal.Output);
        }
        else
        {
            terminal.Result(ReportText.Summary(report));
            terminal.Result(ConsoleText.CleanLine(Verification.Verdicts(report)));
            if (directory is not null)
            {
                terminal.Result($"Report: {Path.Combine(Path.GetFullPath(directory), "report.html")}");
            }
        }

        return ExitCode.Of(report);
    }

    private static void Keep(DeployReport report, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (var (name, write) in new (string, Action<Stream>)[]
        {
            ("report.json", report.WriteJson), ("report.html", report.WriteHtml), ("report.md", report.WriteMarkdown), ("junit.xml", report.WriteJUnit),
        })
        {
            using var file = File.Create(Path.Combine(directory, name));
            write(file);
        }
    }
}
