using System.Text.Json;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Two containers as Compose makes them, on a network of their own, with a volume without a name.</summary>
internal sealed class ComposeShop : IAsyncDisposable
{
    private readonly List<DockerServiceTarget> _targets = [];

    private ComposeShop()
    {
    }

    public string Project { get; } = $"shop{Guid.NewGuid():N}"[..12];

    public DockerServiceOptions Options => new()
    {
        Service = "web",
        Project = Project,
        Image = ShopImages.Name("{revision}"),
        Pull = DockerPull.Never,
        Monitor = TimeSpan.FromSeconds(1),
        HealthTimeout = TimeSpan.FromMinutes(1),
    };

    public string Name(int number) => $"{Project}-web-{number}";

    public static async Task<ComposeShop> StartAsync(int count = 2)
    {
        var shop = new ComposeShop();
        await Engine.Client.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = shop.Project });
        for (var number = 1; number <= count; number++)
        {
            var made = await Engine.Client.Containers.CreateContainerAsync(new CreateContainerParameters
            {
                Name = shop.Name(number),
                Image = ShopImages.Name("1"),
                Env = ["COLOR=blue"],
                Volumes = new Dictionary<string, EmptyStruct> { ["/data"] = default },
                Labels = new Dictionary<string, string>
                {
                    ["com.docker.compose.project"] = shop.Project,
                    ["com.docker.compose.service"] = "web",
                    ["com.docker.compose.container-number"] = $"{number}",
                    ["com.docker.compose.oneoff"] = "False",
                    ["com.docker.compose.config-hash"] = "5d41402abc4b2a76b9719d911017c592",
                },
                HostConfig = new HostConfig { NetworkMode = shop.Project, RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.Always }, Memory = 64 << 20 },
                NetworkingConfig = new NetworkingConfig { EndpointsConfig = new Dictionary<string, EndpointSettings> { [shop.Project] = new() { Aliases = ["web"] } } },
            });
            await Engine.Client.Containers.StartContainerAsync(made.ID!, new ContainerStartParameters());
        }

        return shop;
    }

    public DockerServiceTarget Target(DockerServiceOptions? options = null)
    {
        var target = new DockerServiceTarget(options ?? Options, "shop");
        _targets.Add(target);
        return target;
    }

    public async Task<ContainerInspectResponse> InspectAsync(int number) => await Engine.Client.Containers.InspectContainerAsync(Name(number));

    /// <summary>What was said of a container, as text: without what its image brought.</summary>
    public async Task<string> SettingsAsync(int number)
    {
        var container = await InspectAsync(number);
        var labels = container.Config!.Labels!.Where(label => label.Key is not ("wercker.deployment" or "com.docker.compose.image")).OrderBy(label => label.Key, StringComparer.Ordinal);
        return JsonSerializer.Serialize(new
        {
            labels,
            env = container.Config.Env!.Where(variable => !variable.StartsWith("VERSION=", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            container.HostConfig!.Memory,
            container.HostConfig.NetworkMode,
            policy = container.HostConfig.RestartPolicy!.Name,
            mounts = container.Mounts!.Select(mount => $"{mount.Name} {mount.Destination}"),
            networks = container.NetworkSettings!.Networks!.Select(network => $"{network.Key} {string.Join(',', network.Value.Aliases!.Where(alias => !container.ID!.StartsWith(alias, StringComparison.Ordinal)).Distinct())}"),
        });
    }

    /// <summary>All containers of the project, "name state version".</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync()
    {
        var lines = new List<string>();
        foreach (var one in await ListAsync())
        {
            var container = await Engine.Client.Containers.InspectContainerAsync(one.ID);
            lines.Add($"{container.Name!.TrimStart('/')[(Project.Length + 1)..]} {container.State!.Status} {container.Config!.Env!.First(variable => variable.StartsWith("VERSION", StringComparison.Ordinal))[8..]}");
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        _targets.ForEach(target => target.Dispose());
        foreach (var container in await ListAsync())
        {
            await Engine.Client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true, RemoveVolumes = true });
        }

        await Engine.Client.Networks.DeleteNetworkAsync(Project);
    }

    private Task<IList<ContainerListResponse>> ListAsync() =>
        Engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = SwarmShop.Filter("label", $"com.docker.compose.project={Project}") });
}
