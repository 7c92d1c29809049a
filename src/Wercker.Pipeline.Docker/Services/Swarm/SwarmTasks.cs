using System.Globalization;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>The tasks of a service at one moment, seen from the specification that they should run.</summary>
internal sealed class SwarmTasks(SwarmState service, IEnumerable<TaskResponse> tasks)
{
    private readonly List<TaskResponse> _all = [.. tasks.OrderByDescending(task => task.CreatedAt)];

    /// <summary>How many there should be.</summary>
    public long Wanted => service.Spec.Mode?.Replicated is { } replicated ? (long)(replicated.Replicas ?? 1) : Math.Max(1, _all.Count(task => task.DesiredState == TaskState.Running));

    /// <summary>How many run what is specified. One with a healthcheck runs only once it is healthy.</summary>
    public int Running => _all.Count(task => IsMeant(task) && IsCurrent(task) && task.Status?.State == TaskState.Running);

    /// <summary>True when exactly what is specified runs, and nothing else is meant to.</summary>
    public bool HasConverged => Running >= Wanted && _all.All(task => !IsMeant(task) || IsCurrent(task));

    /// <summary>What the newest task that failed with an image has said of it; null when none did.</summary>
    public string? ErrorOf(string image) => _all.Where(task => ImageOf(task) == image && HasFailed(task)).Select(Words).FirstOrDefault();

    /// <summary>The newest tasks, a line each.</summary>
    public Evidence ToEvidence() => new("tasks", $"{Running} of {Wanted} tasks run {service.Image}")
    {
        Text = string.Join('\n', _all.Take(12).Select(task =>
            $"{task.Slot?.ToString(CultureInfo.InvariantCulture) ?? task.NodeID} {ImageOf(task)} {task.Status?.State} (should be {task.DesiredState}){(HasFailed(task) ? $": {Words(task)}" : string.Empty)}")),
    };

    public static string Words(TaskResponse task)
    {
        var error = task.Status?.Err is { Length: > 0 } words ? words : task.Status?.Message ?? "it says nothing";
        return task.Status?.ContainerStatus is { ExitCode: not 0 } status && !error.Contains("exit", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{error} (exit code {status.ExitCode})")
            : error;
    }

    public static bool HasFailed(TaskResponse task) => task.Status?.State is TaskState.Failed or TaskState.Rejected || (task.Status?.Err is { Length: > 0 } && task.DesiredState != TaskState.Running);

    private static string? ImageOf(TaskResponse task) => task.Spec?.ContainerSpec?.Image;

    private static bool IsMeant(TaskResponse task) => task.DesiredState == TaskState.Running;

    private bool IsCurrent(TaskResponse task) => ImageOf(task) == service.Image && task.Spec?.ForceUpdate == service.Task.ForceUpdate;
}
