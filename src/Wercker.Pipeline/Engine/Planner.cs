using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>Says beforehand what a deployment would do, and refuses one that lacks something.</summary>
internal static class Planner
{
    public static DeployPlan Plan(PipelineDefinition definition, DeployRequest request)
    {
        var environment = definition.EnvironmentOf(request);
        var steps = Foresee(definition, request, environment);
        var masker = environment.ToMasker();
        return new DeployPlan
        {
            Pipeline = definition.Name,
            Target = definition.Target?.Name,
            Steps = [.. steps.Select(step => Mask(step, masker))],
            OnFailure = OnFailure(definition),
            MissingVariables = Missing(definition, steps, environment),
        };
    }

    public static void EnsureReady(PipelineDefinition definition, DeployRequest request, string id)
    {
        var environment = definition.EnvironmentOf(request);
        if (Missing(definition, Foresee(definition, request, environment), environment) is [var first, ..] missing)
        {
            throw new ConfigurationException(
                $"The environment variable{(missing.Count > 1 ? "s" : string.Empty)} {string.Join(", ", missing)} must be set: the deployment needs {(missing.Count > 1 ? "them" : first)}.");
        }

        if (definition.SandboxProvider is { } provider && provider.FindObstacle(definition.SpecOf(id, request, environment).Spec) is { } obstacle)
        {
            throw new ConfigurationException($"No {provider.Name} sandbox can be made here: {obstacle}");
        }
    }

    private static string OnFailure(PipelineDefinition definition) => definition switch
    {
        { AsksOnFailure: { } policy } => $"ask what to do, and without an answer within {DurationText.Of(policy.Within)}: {DecisionWords.Of(policy.Otherwise)}",
        { LeavesOnFailure: true } => "leave the target as it is",
        _ => "roll back what was done",
    };

    private static StepForecast[] Foresee(PipelineDefinition definition, DeployRequest request, DeployEnvironment environment)
    {
        var context = new DeployPlanContext(request, definition.Target, environment);
        return [.. GroupNode.Flatten(definition.Nodes).Select(node => Plan(node, context))];
    }

    private static List<string> Missing(PipelineDefinition definition, StepForecast[] steps, DeployEnvironment environment) =>
    [
        .. definition.RequiredVariables
            .Concat(steps.Where(step => step.SkipReason is null).SelectMany(step => step.RequiredVariables))
            .Distinct(StringComparer.Ordinal)
            .Where(name => !environment.TryGet(name, out _)),
    ];

    private static StepForecast Mask(StepForecast step, SecretMasker masker) => step with
    {
        Description = step.Description is { } description ? masker.Mask(description) : null,
        Commands = [.. step.Commands.Select(masker.Mask)],
    };

    private static StepForecast Plan(StepNode node, DeployPlanContext context)
    {
        var conditions = node.Options.Conditions;
        var refused = conditions.FirstOrDefault(condition => condition.OnRequest is { } holds && !holds(context.Request));
        var forecast = refused is not null ? StepForecast.Skips($"the condition does not hold: {refused.Reason}") : node.Step.Forecast(context);
        return forecast with { Name = node.Path, Conditions = [.. conditions.Where(condition => condition.OnContext is not null).Select(condition => condition.Reason)] };
    }
}
