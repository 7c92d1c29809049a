using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Engine;

/// <summary>Says beforehand what a deployment would do, and refuses one that lacks something.</summary>
internal static class Planner
{
    public static DeployPlan Plan(PipelineDefinition definition, DeployRequest request)
    {
        var environment = definition.EnvironmentOf(request);
        var context = new DeployPlanContext(request, definition.Target, environment);
        var masker = environment.ToMasker();
        var steps = GroupNode.Flatten(definition.Nodes).Select(node => Mask(Plan(node, context), masker)).ToArray();
        var needed = definition.RequiredVariables.Concat(steps.Where(step => step.SkipReason is null).SelectMany(step => step.RequiredVariables));
        return new DeployPlan
        {
            Pipeline = definition.Name,
            Target = definition.Target?.Name,
            Steps = steps,
            MissingVariables = [.. needed.Distinct(StringComparer.Ordinal).Where(name => !environment.TryGet(name, out _))],
        };
    }

    public static void EnsureReady(PipelineDefinition definition, DeployRequest request, string id)
    {
        var plan = Plan(definition, request);
        if (plan.MissingVariables is [var first, ..] missing)
        {
            throw new ConfigurationException(
                $"The environment variable{(missing.Count > 1 ? "s" : string.Empty)} {string.Join(", ", missing)} must be set: the deployment needs {(missing.Count > 1 ? "them" : first)}.");
        }

        if (definition.SandboxProvider is { } provider
            && provider.FindObstacle(definition.SpecOf(id, request, definition.EnvironmentOf(request))) is { } obstacle)
        {
            throw new ConfigurationException($"No {provider.Name} sandbox can be made here: {obstacle}");
        }
    }

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
