using System.Globalization;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Stores;

/// <summary>Who holds a target, in words for those who wait for it.</summary>
internal static class LeaseWords
{
    /// <summary>Refuses a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="lease">Who holds it; null when nobody does any more.</param>
    /// <param name="place">The place of who is refused among those who wait, 1 for the next.</param>
    public static DeploymentLockedException Refusal(string target, LeaseEntry? lease, int place = 1)
    {
        var queue = place > 1 ? $", with {place - 1} waiting before this one" : string.Empty;
        return lease switch
        {
            null => new(target, $"a deployment that asked before{queue}"),
            { DeploymentId: null } => new(
                target,
                lease.Owner,
                $"Target '{target}' is frozen by {lease.Owner} since {Time(lease.Since, "yyyy-MM-dd HH:mm")} UTC{(lease.Message is { Length: > 0 } why ? $": \"{why}\"" : string.Empty)}{queue}. Nobody deploys to it until it is unlocked ('wercker unlock')."),
            _ => new(target, $"deployment {lease.DeploymentId} ({lease.Owner}{(lease.Message is null ? string.Empty : $", {lease.Message}")}) since {Time(lease.Since, "HH:mm:ss")} UTC{queue}"),
        };
    }

    private static string Time(DateTimeOffset time, string format) => time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
