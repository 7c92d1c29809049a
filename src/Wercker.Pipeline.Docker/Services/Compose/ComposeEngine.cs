using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Containers;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>The containers of one service, and what is done to them.</summary>
internal sealed class ComposeEngine(DockerClient client, DockerServiceOptions options)
{
    private readonly ContainerCopy _copy = new(client);

    public DockerClient Client => client;

    public DockerServiceOptions Options => options;

    public async Task<IReadOnlyList<ComposeReplica>> ReplicasAsync(CancellationToken cancellationToken)
    {
        var labels = new Dictionary<string, bool> { [$"{ComposeLabels.Project}={options.Project}"] = true, [$"{ComposeLabels.Service}={options.Service}"] = true };
        var containers = await ListAsync(labels, cancellationToken).ConfigureAwait(false);
        return ComposeReplica.Of(containers.Where(container => !container.Labels.TryGetValue(ComposeLabels.OneOff, out var flag) || flag != "True"));
    }

    /// <summary>The services of all projects, "project/service".</summary>
    public async Task<IReadOnlyList<string>> ServicesAsync(CancellationToken cancellationToken) =>
    [
        .. (await ListAsync(new Dictionary<string, bool> { [ComposeLabels.Service] = true }, cancellationToken).ConfigureAwait(false))
            .Select(container => $"{container.Labels[ComposeLabels.Project]}/{container.Labels[ComposeLabels.Service]}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];

    public async Task<ContainerInspectResponse> InspectAsync(string id, CancellationToken cancellationToken) => await client.Containers.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false);

    /// <summary>Makes the container that follows another.</summary>
    public async Task<string> CreateNextAsync(ContainerListResponse old, ServiceImage image, string name, string deployment, CancellationToken cancellationToken)
    {
        var found = await InspectAsync(old.ID, cancellationToken).ConfigureAwait(false);
        var parameters = await _copy.MakeAsync(found, image.Name, name, cancellationToken).ConfigureAwait(false);
        parameters.Labels[ComposeLabels.Image] = image.Id;
        parameters.Labels[ContainerPlan.DeploymentLabel] = deployment;
        var id = await _copy.CreateAsync(parameters, found, isInPlaceOf: true, cancellationToken).ConfigureAwait(false);
        var made = await InspectAsync(id, cancellationToken).ConfigureAwait(false);
        if (made.Image != image.Id)
        {
            await RemoveAsync(id, cancellationToken).ConfigureAwait(false);
            throw new DockerServiceException($"The name {image.Name} means another image now ({made.Image}) than when the deployment began ({image.Id}). Deploy again.");
        }

        return id;
    }

    /// <summary>Makes a container for a one-off command: with variables, mounts and networks of another, and none of its ports and names.</summary>
    public async Task<string> CreateCommandAsync(ContainerListResponse live, ServiceCommand command, CancellationToken cancellationToken)
    {
        var found = await InspectAsync(live.ID, cancellationToken).ConfigureAwait(false);
        var parameters = await _copy.MakeAsync(found, live.ImageID, ServiceCommand.NameFor(options.Service), cancellationToken).ConfigureAwait(false);
        parameters.Labels = command.Labels();
        parameters.Labels[ComposeLabels.Project] = options.Project!;
        parameters.Labels[ComposeLabels.Service] = options.Service;
        parameters.Labels[ComposeLabels.OneOff] = "True";
        parameters.Entrypoint = ["/bin/sh", "-c"];
        parameters.Cmd = [command.Text];
        parameters.Env = command.EnvironmentWith(parameters.Env);
        parameters.Tty = parameters.OpenStdin = false;
        parameters.AttachStdout = parameters.AttachStderr = true;
        parameters.Healthcheck = new HealthcheckConfig { Test = ["NONE"] };
        parameters.HostConfig!.PortBindings = new Dictionary<string, IList<PortBinding>>();
        parameters.HostConfig.PublishAllPorts = false;
        parameters.HostConfig.AutoRemove = false;
        parameters.HostConfig.Init = true;
        parameters.HostConfig.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No };
        return await _copy.CreateAsync(parameters, found, isInPlaceOf: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops a container so that it stays stopped, also when the engine starts again.</summary>
    public async Task StopAsync(string id, CancellationToken cancellationToken)
    {
        // In this order: what is just being started again by its policy takes no other one.
        await client.Containers.StopContainerAsync(id, new ContainerStopParameters(), cancellationToken).ConfigureAwait(false);
        await SetRestartAsync(id, new RestartPolicy { Name = RestartPolicyKind.No }, cancellationToken).ConfigureAwait(false);
    }

    public Task SetRestartAsync(string id, RestartPolicy policy, CancellationToken cancellationToken) =>
        client.Containers.UpdateContainerAsync(id, new ContainerUpdateParameters { RestartPolicy = policy }, cancellationToken);

    public Task StartAsync(string id, CancellationToken cancellationToken) => client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellationToken);

    public Task RenameAsync(string id, string name, CancellationToken cancellationToken) => client.Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, cancellationToken);

    // Its volumes stay: another container may have taken them over.
    public Task RemoveAsync(string id, CancellationToken cancellationToken) => client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, cancellationToken);

    private async Task<IList<ContainerListResponse>> ListAsync(Dictionary<string, bool> labels, CancellationToken cancellationToken) => await client.Containers.ListContainersAsync(
        new ContainersListParameters { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = labels } }, cancellationToken).ConfigureAwait(false);
}
