using System.Text.Json;

namespace Wercker.Pipeline.Dashboard.Deployments;

/// <summary>Finds in the events of a deployment what it waits for: steps journal the end of their waits, so that a restart does not begin them anew.</summary>
internal static class Waits
{
    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["wercker.warmup.until"] = "warm-up",
        ["wercker.warmup.rollback.until"] = "warm-up after the roll back",
        ["wercker.window.until"] = "something to see",
    };

    public static bool IsOne(DeployEvent e) => e is { Kind: DeployEventKind.ValueStored, Key: { } key, Step: not null } && Keys.ContainsKey(key);

    /// <summary>The waits of steps that run, as far as they are not over.</summary>
    public static IReadOnlyList<WaitModel> Find(IEnumerable<DeployEvent> events, DeployReport report, DateTimeOffset now)
    {
        var running = report.Steps.Concat(report.Reverts).Where(step => step.Status == StepStatus.Running).Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        var waits = new Dictionary<string, WaitModel>(StringComparer.Ordinal);
        foreach (var e in events.Where(IsOne))
        {
            if (running.Contains(e.Step!) && e.Value is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out var until) && until > now)
            {
                waits[e.Step!] = new WaitModel(e.Step!, Keys[e.Key!], until);
            }
        }

        return [.. waits.Values];
    }
}
