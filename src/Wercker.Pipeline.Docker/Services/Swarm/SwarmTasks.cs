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

    /// <summary>What runs, by the ids of its tasks: another text means that a task was replaced.</summary>
    public string Generation => string.Join(' ', _all.Where(IsMeant).Select(task => task.ID).Order(StringComparer.Ordinal));

    /// <summary>How many tasks of the last change have ended, whatever they said to it.</summary>
    public int Failures => _all.Count(task => IsCurrent(task) && HasEnded(task) && task.CreatedAt >= service.Update?.StartedAt);

    /// <summary>The newest task of an image that ended by itself, one that says why before all others; null when none did.</summary>
    public TaskResponse? FailureOf(string image) =>
        _all.Where(task => ImageOf(task) == image && HasEnded(task)).OrderBy(task => task.Status?.Err is { Length: > 0 } ? 0 : 1).FirstOrDefault();

    /// <summary>What that task says; null when there is none.</summary>
    public string? ErrorOf(string image) => FailureOf(image) is { } task ? Words(task) : null;

    /// <summary>The newest tasks, a line each.</summary>
    public Evidence ToEvidence() => new("tasks", $"{Running} of {Wanted} tasks run {service.Image}")
    {
        Text = string.Join('\n', _all.Take(12).Select(task =>
            $"{task.Slot?.ToString(CultureInfo.InvariantCulture) ?? task.NodeID} {ImageOf(task)} {task.Status?.State} (should be {task.DesiredState}){(HasEnded(task) ? $": {Words(task)}" : string.Empty)}")),
    };

    public static string Words(TaskResponse task)
    {
        var error = task.Status switch
        {
            { Err: { Length: > 0 } words } => words,

            // Swarm stops a container whose healthcheck fails, and one that takes this well has ended well.
            { State: TaskState.Complete } => "a task ended with exit code 0",
            _ => task.Status?.Message ?? "it says nothing",
        };
        return task.Status?.ContainerStatus is { ExitCode: not 0 } status && !error.Contains("exit", StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{error} (exit code {status.ExitCode})")
            : error;
    }

    private static string? ImageOf(TaskResponse task) => task.Spec?.ContainerSpec?.Image;

    private static bool HasEnded(TaskResponse task) => task.Status?.State is TaskState.Failed or TaskState.Rejected or TaskState.Complete;

    private static bool IsMeant(TaskResponse task) => task.DesiredState == TaskState.Running;

    private bool IsCurrent(TaskResponse task) => ImageOf(task) == service.Image && task.Spec?.ForceUpdate == service.Task.ForceUpdate;
}
