using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>A service as Swarm answers, with what every service of containers has.</summary>
internal sealed class SwarmState
{
    private SwarmState(SwarmService service, ContainerSpec container)
    {
        Id = service.ID!;
        Version = service.Version?.Index ?? 0;
        Spec = service.Spec!;
        Task = service.Spec!.TaskTemplate!;
        Container = container;
        Update = service.UpdateStatus;
    }

    public string Id { get; }

    public ulong Version { get; }

    public ServiceSpec Spec { get; }

    public TaskSpec Task { get; }

    public ContainerSpec Container { get; }

    /// <summary>What became of the last change; null when there was none, or it has just been asked for.</summary>
    public UpdateStatus? Update { get; }

    /// <summary>The image that it is to run.</summary>
    public string Image => Container.Image ?? string.Empty;

    /// <summary>True when an update has not come to its end.</summary>
    public bool IsUnfinished => Update?.State is "updating" or "paused" or "rollback_started" or "rollback_paused";

    /// <exception cref="DockerServiceException">It is a plugin, and no container.</exception>
    public static SwarmState Of(SwarmService service) => service.Spec?.TaskTemplate?.ContainerSpec is { } container
        ? new SwarmState(service, container)
        : throw new DockerServiceException($"The service {service.Spec?.Name} runs no containers.");

    /// <summary>Has the service run an image. One that it has already, and that does not run as it should, is started anew: without this Swarm would see nothing to do.</summary>
    public void Set(string image)
    {
        if (Image == image)
        {
            Task.ForceUpdate++;
        }

        Container.Image = image;
    }
}
