using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>What runs a service: Swarm, or the containers of a Compose project. Every method may be called again after it was cut off.</summary>
internal interface IWorkload
{
    /// <summary>Why the service cannot be deployed to; null when nothing is known to stand in the way.</summary>
    Task<string?> FindObstacleAsync(CancellationToken cancellationToken);

    /// <summary>Why an image cannot run here; null when it can.</summary>
    Task<string?> FindObstacleAsync(ServiceImage image, CancellationToken cancellationToken);

    /// <summary>What runs now, named by its image; null when nothing does.</summary>
    Task<Release?> GetCurrentAsync(CancellationToken cancellationToken);

    /// <summary>Brings the image and proves it.</summary>
    Task<StepResult> PushAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken);

    /// <summary>What became of a push that was cut off; null when it is to be made again.</summary>
    Task<StepResult?> VerifyAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken);

    /// <summary>Waits until nothing more comes of a push by itself.</summary>
    Task StopAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>Brings a release back and proves it.</summary>
    Task<StepResult> RollBackAsync(DeployContext context, string release, CancellationToken cancellationToken);

    /// <summary>Why nobody could go back to a release; null when nothing is known to stand in the way.</summary>
    Task<string?> FindRollBackObstacleAsync(string release, CancellationToken cancellationToken);

    /// <summary>Restarts what runs and waits until it is up.</summary>
    Task<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken);

    /// <summary>Starts a command beside the service.</summary>
    Task<int> RunAsync(ServiceCommand command, CancellationToken cancellationToken);
}
