using System.Text.Json;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>A service in the Swarm, of two tasks; with a network, it is an overlay that plain containers may not join.</summary>
internal sealed class SwarmShop : IAsyncDisposable
{
    private readonly List<DockerServiceTarget> _targets = [];
    private string? _network;

    private SwarmShop()
    {
    }

    public string Name { get; } = $"shop-{Guid.NewGuid():N}"[..14];

    public DockerServiceOptions Options => new()
    {
        Service = Name,
        Image = ShopImages.Name("{revision}"),
        Pull = DockerPull.Never,
        Monitor = TimeSpan.FromSeconds(1),
        HealthTimeout = TimeSpan.FromMinutes(1),
    };

    public static async Task<SwarmShop> StartAsync(Action<ServiceSpec>? configure = null, bool hasNetwork = false)
    {
        var shop = new SwarmShop();
        var spec = new ServiceSpec
        {
            Name = shop.Name,
            Labels = new Dictionary<string, string> { ["team"] = "shop" },
            Mode = new ServiceMode { Replicated = new ReplicatedService { Replicas = 2 } },
            UpdateConfig = new SwarmUpdateConfig { Parallelism = 2, FailureAction = "pause", Monitor = TimeSpan.FromSeconds(2), Order = "stop-first" },
            TaskTemplate = new TaskSpec
            {
                ContainerSpec = new ContainerSpec { Image = await ShopImages.IdAsync("1"), Env = ["COLOR=blue"], StopGracePeriod = TimeSpan.FromSeconds(2) },
                RestartPolicy = new SwarmRestartPolicy { Condition = "any", Delay = TimeSpan.FromMilliseconds(200) },
            },
        };
        if (hasNetwork)
        {
            shop._network = (await Engine.Client.Networks.CreateNetworkAsync(new NetworksCreateParameters { Name = shop.Name, Driver = "overlay" })).ID!;
            spec.TaskTemplate.Networks = [new NetworkAttachmentConfig { Target = shop._network }];
        }

        configure?.Invoke(spec);
        await Engine.Client.Swarm.CreateServiceAsync(new ServiceCreateParameters { Service = spec });
        await UntilAsync(async () => (await shop.RunningAsync()).Count == 2);
        return shop;
    }

    public DockerServiceTarget Target(DockerServiceOptions? options = null)
    {
        var target = new DockerServiceTarget(options ?? Options, "shop");
        _targets.Add(target);
        return target;
    }

    public Task<SwarmService> InspectAsync() => Engine.Client.Swarm.InspectServiceAsync(Name);

    /// <summary>The specification as text, without the counter by which Swarm is told to start tasks anew.</summary>
    public async Task<string> SpecAsync()
    {
        var spec = (await InspectAsync()).Spec!;
        spec.TaskTemplate!.ForceUpdate = 0;
        return JsonSerializer.Serialize(spec);
    }

    /// <summary>The images of the tasks that run.</summary>
    public async Task<IReadOnlyList<string>> RunningAsync() =>
    [
        .. (await Engine.Client.Tasks.ListAsync(new TasksListParameters { Filters = Filter("service", Name) }))
            .Where(task => task is { DesiredState: TaskState.Running, Status.State: TaskState.Running }).Select(task => task.Spec!.ContainerSpec!.Image!),
    ];

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var tries = 0; !await holds(); tries++)
        {
            Assert.That(tries, Is.LessThan(1200), "not within a minute");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _targets.ForEach(target => target.Dispose());
        await Engine.Client.Swarm.RemoveServiceAsync(Name);
        if (_network is null)
        {
            return;
        }

        await UntilAsync(async () => !(await Engine.Client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter("label", $"com.docker.swarm.service.name={Name}") })).Any());
        await Engine.Client.Networks.DeleteNetworkAsync(_network);
    }

    public static Dictionary<string, IDictionary<string, bool>> Filter(string kind, string value) => new() { [kind] = new Dictionary<string, bool> { [value] = true } };
}
