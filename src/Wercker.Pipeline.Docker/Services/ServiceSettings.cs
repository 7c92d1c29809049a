using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>Reads the settings of a service.</summary>
internal sealed class ServiceSettings(SettingsReader reader)
{
    /// <summary>All settings of a target, in the order of the documentation.</summary>
    public static readonly string[] Known =
    [
        "service", "project", "image", "pull", "host", "certificates", "registryUser", "registryPassword", "order", "parallelism", "delay", "monitor",
        "healthTimeout", "commandVariables",
    ];

    /// <summary>Those of a log source.</summary>
    public static readonly string[] KnownOfLogs = ["provider", "service", "project", "host", "certificates"];

    private static readonly string[] OfSwarms = ["order", "parallelism", "delay"];

    public static ServiceSettings Of(TargetSettings settings, Func<string, string?> lookup) => new(new SettingsReader(settings.Options, settings.Location, lookup));

    public DockerServiceOptions ReadTarget()
    {
        reader.RefuseUnknown(Known);
        var defaults = new DockerServiceOptions { Service = string.Empty, Image = string.Empty };
        var options = new DockerServiceOptions
        {
            Service = RequireService(),
            Project = reader.GetText("project"),
            Image = ReadImage(),
            Pull = reader.GetChoice("pull", DockerPull.Always, ("always", DockerPull.Always), ("missing", DockerPull.Missing), ("never", DockerPull.Never)),
            Host = ReadHost(),
            CertificateDirectory = ReadCertificates(),
            RegistryUser = reader.GetText("registryUser"),
            RegistryPassword = reader.GetSecret("registryPassword"),
            Order = reader.GetChoice<DockerUpdateOrder?>("order", null, ("stop-first", DockerUpdateOrder.StopFirst), ("start-first", DockerUpdateOrder.StartFirst)),
            Parallelism = reader.GetInteger("parallelism", 0),
            Delay = reader.GetDuration("delay", mayBeZero: true),
            Monitor = reader.GetDuration("monitor", mayBeZero: true),
            HealthTimeout = reader.GetDuration("healthTimeout") ?? defaults.HealthTimeout,
            CommandVariables = reader.GetList("commandVariables"),
        };
        if (options.Project is not null && OfSwarms.FirstOrDefault(reader.Has) is { } swarmOnly)
        {
            throw reader.Fault(swarmOnly, "is for services of a Swarm; the containers of a Compose project are replaced one after the other, the old one first. Delete it.");
        }

        return (options.RegistryUser is null) == (options.RegistryPassword is null)
            ? options
            : throw reader.Fault(options.RegistryUser is null ? "registryUser" : "registryPassword", "is missing: user and password of a registry belong together.");
    }

    public DockerServiceLogSource ReadLog(string name) => new(RequireService(), reader.GetText("project"), name) { Host = ReadHost(), CertificateDirectory = ReadCertificates() };

    private string RequireService() => reader.GetText("service")
        ?? throw reader.Fault("service", "is missing: name the service of the Swarm, or, with \"project\", of the Compose project.");

    private string? ReadCertificates() => reader.GetText("certificates") is { } directory ? Path.GetFullPath(directory) : null;

    private string ReadImage()
    {
        var image = reader.GetText("image") ?? throw reader.Fault("image", "is missing: name the image of a revision, such as \"registry.example.com/shop:{revision}\".");
        return image.Contains("{revision}", StringComparison.Ordinal) || image.LastIndexOf(':') > image.LastIndexOf('/')
            ? image
            : throw reader.Fault("image", $"is '{image}', which has no tag: the same for every revision. Write \"{image}:{{revision}}\", or a tag of your own.");
    }

    private Uri? ReadHost() => reader.GetText("host") is not { } host ? null
        : Uri.TryCreate(host, UriKind.Absolute, out var address) && address.Scheme is "unix" or "tcp" or "http" or "https" or "npipe"
            ? address
            : throw reader.Fault("host", "must be an address: \"unix:///var/run/docker.sock\", \"tcp://host:2376\".");
}
