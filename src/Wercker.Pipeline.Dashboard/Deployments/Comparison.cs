namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Puts two deployments side by side.</summary>
internal static class Comparison
{
    public static ComparisonModel Of(ProjectAccess access, DeployReport left, DeployReport right)
    {
        var before = left.Steps.ToDictionary(step => step.Name, StringComparer.Ordinal);
        var after = right.Steps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        return new ComparisonModel
        {
            Project = access,
            Left = left,
            Right = right,
            Steps =
            [
                .. right.Steps.Select(step => new StepComparison(step.Name, before.GetValueOrDefault(step.Name), step)),
                .. left.Steps.Where(step => !after.Contains(step.Name)).Select(step => new StepComparison(step.Name, step, null)),
            ],
            Environment =
            [
                .. left.Environment.Keys.Union(right.Environment.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                    .Where(name => left.Environment.GetValueOrDefault(name) != right.Environment.GetValueOrDefault(name))
                    .Select(name => new VariableComparison(name, left.Environment.ContainsKey(name), right.Environment.ContainsKey(name))),
            ],
        };
    }
}
