using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Wercker.Pipeline.Tool.Projects;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker plan: what a deployment would do, and what is missing for it. Nothing is changed and nothing is written.</summary>
internal static class PlanCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var command = new Command("plan", "Say what a deployment would do, without doing it.");
        options.AddProjectOptions(command);
        command.SetAction((result, cancellationToken) => RunAsync(options.ProjectOf(result), result.GetValue(options.Json), terminal, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ProjectOptions options, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var project = await Project.LoadAsync(options, cancellationToken);
        using var pipeline = new ProjectPipeline(project);
        var plan = pipeline.Build().Plan(project.Request);
        var obstacle = pipeline.FindObstacle();
        await using (var state = new StateDirectory(options.StateDirectory))
        {
            await InterruptedRuns.MentionAsync(state, project.Target.Name, terminal.Say, TimeProvider.System, cancellationToken);
        }

        foreach (var warning in project.Config.Warnings)
        {
            terminal.Say(warning.ToString());
        }

        if (json)
        {
            JsonOutput.Write(terminal, writer => Write(writer, plan, project.Request, obstacle));
            return plan.IsReady && obstacle is null ? ExitCode.Succeeded : ExitCode.Refused;
        }

        Print(plan, project.Request, terminal);
        ProjectPipeline.EnsureReady(plan, obstacle);
        return ExitCode.Succeeded;
    }

    private static void Print(DeployPlan plan, DeployRequest request, Terminal terminal)
    {
        terminal.Result(ConsoleText.CleanLine($"Deploying {request.App} {request.Revision} to {plan.Target} would:"));
        foreach (var step in plan.Steps)
        {
            var what = step.SkipReason is { } reason ? $"skip: {reason}" : step.Description;
            terminal.Result(ConsoleText.CleanLine(string.Create(CultureInfo.InvariantCulture, $"  {step.Name,-18} {what}")));
            foreach (var command in step.Commands)
            {
                terminal.Result("      $ " + ConsoleText.Clean(command).ReplaceLineEndings("\n        "));
            }

            foreach (var note in step.Conditions.Select(condition => $"if {condition}").Concat(step.Warnings.Select(warning => $"warning: {warning}")))
            {
                terminal.Result(ConsoleText.CleanLine("      " + note));
            }
        }

        terminal.Result($"When a step does not succeed, it would {plan.OnFailure}.");
    }

    private static void Write(Utf8JsonWriter json, DeployPlan plan, DeployRequest request, string? obstacle)
    {
        json.WriteStartObject();
        json.WriteString("pipeline", plan.Pipeline);
        json.WriteString("app", request.App);
        json.WriteString("revision", request.Revision);
        json.WriteString("target", plan.Target);
        json.WriteBoolean("ready", plan.IsReady && obstacle is null);
        json.WriteString("onFailure", plan.OnFailure);
        json.WriteStrings("missingVariables", plan.MissingVariables);
        json.WriteString("obstacle", obstacle);
        json.WriteStartArray("steps");
        foreach (var step in plan.Steps)
        {
            json.WriteStartObject();
            json.WriteString("name", step.Name);
            json.WriteBoolean("runs", step.SkipReason is null);
            json.WriteString("description", step.Description);
            json.WriteString("skipReason", step.SkipReason);
            json.WriteStrings("commands", step.Commands);
            json.WriteStrings("requiredVariables", step.RequiredVariables);
            json.WriteStrings("conditions", step.Conditions);
            json.WriteStrings("warnings", step.Warnings);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
