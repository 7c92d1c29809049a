using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Containers;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>
/// A service of a Compose project. Its containers are made anew with another image, one after the other; the last ones stay, stopped, so that a roll back
/// starts them again as they were.
/// </summary>
internal sealed class ComposeWorkload(ComposeEngine engine, TimeProvider clock) : IWorkload
{
    private const string Both = " + ";
    private readonly ContainerHealth _health = new(engine.Client, engine.Options, clock);

    private DockerServiceOptions Options => engine.Options;

    private ComposeMove Move => new(engine, _health);

    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        var replicas = await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false);
        if (replicas.Count == 0)
        {
            var known = await engine.ServicesAsync(cancellationToken).ConfigureAwait(false);
            return $"There is no container of {Options.Words}. Start it first (docker compose up -d); there {(known.Count == 0 ? "are none of Compose" : $"are {string.Join(", ", known.Take(20))}")}.";
        }

        return replicas.FirstOrDefault(replica => replica.Live?.State != "running") is { } down
            ? $"{down.Name} does not run, so nobody could go back to it. Start it (docker start {down.Name}), or remove it."
            : null;
    }

    public Task<string?> FindObstacleAsync(ServiceImage image, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public async Task<Release?> GetCurrentAsync(CancellationToken cancellationToken)
    {
        var replicas = await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false);
        var states = replicas.Select(replica => replica.State).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return states.Count == 0 || states is ["nothing"] ? null : new Release(string.Join(Both, states), string.Join(", ", replicas.Select(replica => replica.Live?.Image).OfType<string>().Distinct(StringComparer.Ordinal)));
    }

    public async Task<StepResult> PushAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken)
    {
        var replicas = await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false);
        if (replicas.Count == 0)
        {
            return StepResult.Failed($"there is no container of {Options.Words}");
        }

        if (replicas.All(replica => replica is { Live.State: "running", Next: null } && replica.Live.ImageID == image.Id && !ComposeReplica.IsOf(replica.Live, context.DeploymentId)))
        {
            return StepResult.Skipped($"{Options.Words} runs {image.Name} ({image.Id}) already");
        }

        foreach (var replica in replicas)
        {
            await context.Output.NoteAsync($"{replica.Name} is made of {image.Name}", cancellationToken).ConfigureAwait(false);
            if (await Move.ForwardAsync(replica, image, context.DeploymentId, cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                return StepResult.Failed($"{replica.Name} with {image.Name} did not become healthy: {obstacle}", await _health.LogOfAsync(replica.Name, replica.Name, cancellationToken).ConfigureAwait(false));
            }
        }

        return StepResult.Succeeded($"{Containers(replicas.Count)} {image.Name}, healthy", EvidenceOf(image.Id, replicas));
    }

    public Task<StepResult?> VerifyAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken) =>
        Task.FromResult(context.HasFailed ? StepResult.Inconclusive("its undo finds out what came of it") : null);

    public Task StopAsync(DeployContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<StepResult> RollBackAsync(DeployContext context, string release, CancellationToken cancellationToken)
    {
        var images = ImagesOf(release);
        var replicas = await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false);
        if (replicas.Count > 0 && replicas.All(replica => replica is { Live.State: "running", Next: null } && images.Contains(replica.Live.ImageID)))
        {
            return StepResult.Skipped($"{Options.Words} runs {release}");
        }

        var lost = replicas.FirstOrDefault(replica => !Has(replica.Live, images) && !Has(replica.Before, images));
        ServiceImage? image = null;
        if (replicas.Count == 0 || lost is not null)
        {
            if (await FindRollBackObstacleAsync(release, cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                return StepResult.Failed(obstacle);
            }

            image = new ServiceImage(images.First(), images.First(), null);
        }

        foreach (var replica in replicas.Reverse())
        {
            await context.Output.NoteAsync($"{replica.Name} is put back", cancellationToken).ConfigureAwait(false);
            var obstacle = Has(replica.Live, images) || Has(replica.Before, images)
                ? await Move.BackAsync(replica, images, cancellationToken).ConfigureAwait(false)
                : await Move.ForwardAsync(replica, image!, $"{context.DeploymentId}-undo", cancellationToken).ConfigureAwait(false);
            if (obstacle is not null)
            {
                return StepResult.Failed($"the roll back did not work, {replica.Name}: {obstacle}", await _health.LogOfAsync(replica.Name, replica.Name, cancellationToken).ConfigureAwait(false));
            }
        }

        return StepResult.Succeeded($"rolled back: {Containers(replicas.Count)} {release}, healthy", EvidenceOf(release, replicas));
    }

    public async Task<string?> FindRollBackObstacleAsync(string release, CancellationToken cancellationToken)
    {
        foreach (var image in ImagesOf(release))
        {
            try
            {
                await engine.Client.Images.InspectImageAsync(image, cancellationToken).ConfigureAwait(false);
            }
            catch (DockerApiException)
            {
                return $"the image {image} is not on the engine any more";
            }
        }

        return null;
    }

    public async Task<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var replicas = await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false);
        foreach (var replica in replicas.Where(replica => replica.Live is not null))
        {
            await engine.Client.Containers.RestartContainerAsync(replica.Live!.ID, new ContainerRestartParameters(), cancellationToken).ConfigureAwait(false);
            if (await _health.AwaitAsync(replica.Live.ID, cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                return StepResult.Failed($"{replica.Name} is not healthy after its restart: {obstacle}", await _health.LogOfAsync(replica.Name, replica.Name, cancellationToken).ConfigureAwait(false));
            }
        }

        return StepResult.Succeeded($"{Containers(replicas.Count)} again, healthy");
    }

    public async Task<int> RunAsync(ServiceCommand command, CancellationToken cancellationToken)
    {
        await Leftovers.RemoveAsync(engine.Client, Owner.OfThisProcess(), null).ConfigureAwait(false);
        var live = (await engine.ReplicasAsync(cancellationToken).ConfigureAwait(false)).Select(replica => replica.Live).FirstOrDefault(container => container is not null)
            ?? throw new DockerServiceException($"There is no container of {Options.Words} whose variables and networks the command could have.");
        var id = await engine.CreateCommandAsync(live, command, cancellationToken).ConfigureAwait(false);
        try
        {
            using var stream = await engine.Client.Containers.AttachContainerAsync(id, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, cancellationToken).ConfigureAwait(false);
            await engine.StartAsync(id, cancellationToken).ConfigureAwait(false);
            await command.CopyAsync(stream, [], cancellationToken).ConfigureAwait(false);
            return (int)(await engine.Client.Containers.WaitContainerAsync(id, cancellationToken).ConfigureAwait(false)).StatusCode;
        }
        finally
        {
            await engine.RemoveAsync(id, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool Has(ContainerListResponse? container, HashSet<string> images) => container is not null && images.Contains(container.ImageID);

    private static HashSet<string> ImagesOf(string release) => [.. release.Split(Both).Select(state => state.Split(' ')[0])];

    private static string Containers(int count) => count == 1 ? "1 container runs" : $"{count} containers run";

    private static Evidence EvidenceOf(string image, IReadOnlyList<ComposeReplica> replicas) => new("containers", $"{image} in {string.Join(", ", replicas.Select(replica => replica.Name))}");
}
