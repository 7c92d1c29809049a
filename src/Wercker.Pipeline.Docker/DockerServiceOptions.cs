using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Docker;

/// <summary>A service on a Docker engine: one of a Swarm, or, with <see cref="Project"/>, one of a Compose project.</summary>
public sealed record DockerServiceOptions
{
    /// <summary>The service: its name or id in the Swarm ("shop_web"), or its name in the Compose project ("web").</summary>
    public required string Service { get; init; }

    /// <summary>The Compose project; null for a service of a Swarm.</summary>
    public string? Project { get; init; }

    /// <summary>The image that is deployed. {revision} and {app} stand for those of the deployment: "registry.example.com/shop:{revision}".</summary>
    public required string Image { get; init; }

    /// <summary>When the image is asked of its registry. Default: always.</summary>
    public DockerPull Pull { get; init; }

    /// <summary>The engine, a manager of the Swarm: unix:///var/run/docker.sock, tcp://host:2376; null to find it as the docker program does.</summary>
    public Uri? Host { get; init; }

    /// <summary>The directory with ca.pem, cert.pem and key.pem for an engine that wants TLS; null for DOCKER_CERT_PATH when DOCKER_TLS_VERIFY is set.</summary>
    public string? CertificateDirectory { get; init; }

    /// <summary>The user for the registry; null for what `docker login` has left in ~/.docker/config.json.</summary>
    public string? RegistryUser { get; init; }

    /// <summary>The password or token of <see cref="RegistryUser"/>.</summary>
    public Secret? RegistryPassword { get; init; }

    /// <summary>Swarm: what comes first when a task is replaced; null for what the service says.</summary>
    public DockerUpdateOrder? Order { get; init; }

    /// <summary>Swarm: how many tasks are replaced at a time, 0 for all; null for what the service says.</summary>
    public int? Parallelism { get; init => field = value is null or >= 0 ? value : throw new ConfigurationException($"Parallelism is {value}: it must be 0 or more."); }

    /// <summary>Swarm: how long to wait between two batches of tasks; null for what the service says.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>
    /// How long a new task or container is watched for failures. Null: for a Swarm what the service says (5 seconds by default); for a Compose service
    /// without a healthcheck 5 seconds.
    /// </summary>
    public TimeSpan? Monitor { get; init; }

    /// <summary>How long it may take until all tasks or containers are up and healthy. Default: 5 minutes.</summary>
    public TimeSpan HealthTimeout { get; init => field = value > TimeSpan.Zero ? value : throw new ConfigurationException($"HealthTimeout is {value}: it must be longer than zero."); } = TimeSpan.FromMinutes(5);

    /// <summary>Names of the deployment's variables that one-off commands get besides those of the service. Empty by default.</summary>
    public IReadOnlyList<string> CommandVariables { get; init; } = [];

    /// <summary>The service as people call it.</summary>
    internal string Words => Project is null ? $"service {Service}" : $"service {Service} of project {Project}";

    /// <summary>The image of a deployment.</summary>
    internal string ImageOf(DeployRequest request) => Image.Replace("{revision}", request.Revision, StringComparison.Ordinal).Replace("{app}", request.App, StringComparison.Ordinal);
}
