using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>A service of a Swarm. An update changes the image, and how tasks are replaced where the settings say so; everything else stays as it is found.</summary>
internal sealed class SwarmWorkload(SwarmEngine engine, TimeProvider clock) : IWorkload
{
    private readonly SwarmProof _proof = new(engine, clock);

    private DockerServiceOptions Options => engine.Options;

    public async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        var swarm = (await engine.Client.System.GetSystemInfoAsync(cancellationToken).ConfigureAwait(false)).Swarm;
        if (swarm?.LocalNodeState != "active")
        {
            return "The engine is in no Swarm. Make it a manager (docker swarm init), name one with \"host\", or name the Compose project of the service with \"project\".";
        }

        if (!swarm.ControlAvailable)
        {
            return "The engine is a worker of its Swarm, and only managers know services. Name a manager with \"host\".";
        }

        if (await engine.FindAsync(cancellationToken).ConfigureAwait(false) is not { } service)
        {
            var names = (await engine.Client.Swarm.ListServicesAsync(new ServiceListParameters(), cancellationToken).ConfigureAwait(false)).Select(one => one.Spec?.Name).Order(StringComparer.Ordinal).ToList();
            return $"There is no service {Options.Service} in the Swarm. Create it first (docker service create, docker stack deploy); there {(names.Count == 0 ? "are none" : $"are {string.Join(", ", names.Take(20))}")}.";
        }

        return service switch
        {
            { Spec.Mode: { ReplicatedJob: not null } or { GlobalJob: not null } } => $"{Options.Words} is a job, which ends: only services that run on can be deployed to.",
            { Spec.Mode.Replicated.Replicas: 0 } => $"{Options.Words} is scaled to 0, so nothing could prove a new version. Scale it up: docker service scale {Options.Service}=1.",
            { Update.State: "updating" or "rollback_started" } => $"{Options.Words} is being updated by somebody else. Wait until docker service ps {Options.Service} is quiet.",
            _ => null,
        };
    }

    public async Task<string?> FindObstacleAsync(ServiceImage image, CancellationToken cancellationToken) =>
        image.Digest is null && (await engine.Client.System.GetSystemInfoAsync(cancellationToken).ConfigureAwait(false)).Swarm is { Nodes: > 1 }
            ? $"The image {image.Name} is on this engine only, and the Swarm has other nodes. Push it to a registry that all nodes can pull from."
            : null;

    public async Task<Release?> GetCurrentAsync(CancellationToken cancellationToken)
    {
        if (await engine.FindAsync(cancellationToken).ConfigureAwait(false) is not { } service)
        {
            return null;
        }

        var isUnfinished = service.IsUnfinished
            || (service.Update?.State == "rollback_completed" && !(await engine.TasksOfAsync(service, cancellationToken).ConfigureAwait(false)).HasConverged);
        return isUnfinished ? new Release($"{service.Image} {service.Update!.State}", "an update that has not ended") : new Release(service.Image);
    }

    public async Task<StepResult> PushAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken)
    {
        var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
        if (service.Image == image.Pinned && (await engine.TasksOfAsync(service, cancellationToken).ConfigureAwait(false)).HasConverged)
        {
            return StepResult.Skipped($"{Options.Words} runs {image.Pinned} already");
        }

        await context.SetAsync(SwarmMark.Key, new SwarmMark(image.Pinned, service.Version, ChangesUpdates ? service.Spec.UpdateConfig : null), cancellationToken).ConfigureAwait(false);
        await context.Output.NoteAsync($"{Options.Words} is updated to {image.Pinned}", cancellationToken).ConfigureAwait(false);
        await engine.UpdateAsync(
            found =>
            {
                found.Set(image.Pinned);
                Configure(found.Spec);
            },
            cancellationToken).ConfigureAwait(false);
        return await _proof.AwaitAsync(image.Pinned, cancellationToken).ConfigureAwait(false);
    }

    public async Task<StepResult?> VerifyAsync(DeployContext context, ServiceImage image, CancellationToken cancellationToken)
    {
        if (!context.TryGet(SwarmMark.Key, out var mark))
        {
            return null;
        }

        if (context.HasFailed)
        {
            return StepResult.Inconclusive("its undo finds out what came of it");
        }

        // The update is one request: it has arrived whole, or nothing of it.
        var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
        var state = service.Update?.State ?? string.Empty;
        return service.Version != mark.Version && (service.Image == mark.Image || state.StartsWith("rollback", StringComparison.Ordinal))
            ? await _proof.AwaitAsync(mark.Image, cancellationToken).ConfigureAwait(false)
            : null;
    }

    public async Task StopAsync(DeployContext context, CancellationToken cancellationToken) => await _proof.AwaitOwnRollBackAsync(cancellationToken).ConfigureAwait(false);

    public async Task<StepResult> RollBackAsync(DeployContext context, string release, CancellationToken cancellationToken)
    {
        // What was found in the middle of an update is gone back to as what the update was to.
        var image = release.Split(' ')[0];
        var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
        var isPushed = context.TryGet(SwarmMark.Key, out var mark);
        if (service.Image == image && (await engine.TasksOfAsync(service, cancellationToken).ConfigureAwait(false)).HasConverged)
        {
            return StepResult.Skipped($"{Options.Words} runs {image}");
        }

        if (await FindRollBackObstacleAsync(release, cancellationToken).ConfigureAwait(false) is { } obstacle)
        {
            return StepResult.Failed(obstacle);
        }

        await context.Output.NoteAsync($"{Options.Words} is put back to {image}", cancellationToken).ConfigureAwait(false);
        await engine.UpdateAsync(
            found =>
            {
                found.Set(image);
                if (isPushed && ChangesUpdates)
                {
                    found.Spec.UpdateConfig = mark!.Update;
                }
            },
            cancellationToken).ConfigureAwait(false);
        var proof = await _proof.AwaitAsync(image, cancellationToken).ConfigureAwait(false);
        return proof with { Message = proof.IsGood ? $"rolled back: {proof.Message}" : $"the roll back to {image} did not work: {proof.Message}" };
    }

    public async Task<string?> FindRollBackObstacleAsync(string release, CancellationToken cancellationToken)
    {
        var image = release.Split(' ')[0];
        try
        {
            await engine.Client.Images.InspectImageAsync(image, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (DockerApiException)
        {
            // Not on this engine, so the nodes must be able to pull it.
        }

        try
        {
            if (engine.Login is null && !image.StartsWith("sha256:", StringComparison.Ordinal))
            {
                await engine.Client.Distribution.InspectAsync(image, cancellationToken).ConfigureAwait(false);
                return null;
            }
        }
        catch (DockerApiException e)
        {
            return $"the image {image} is neither on the engine nor in its registry: {EngineAddress.Explain(e)}";
        }

        return engine.Login is null ? $"the image {image} is not on the engine any more" : null;
    }

    public async Task<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        await engine.UpdateAsync(found => found.Task.ForceUpdate++, cancellationToken).ConfigureAwait(false);
        var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
        return await _proof.AwaitAsync(service.Image, cancellationToken).ConfigureAwait(false);
    }

    public Task<int> RunAsync(ServiceCommand command, CancellationToken cancellationToken) => new SwarmCommand(engine, clock).RunAsync(command, cancellationToken);

    private bool ChangesUpdates => Options.Order is not null || Options.Parallelism is not null || Options.Delay is not null || Options.Monitor is not null;

    private void Configure(ServiceSpec spec)
    {
        if (!ChangesUpdates)
        {
            return;
        }

        // What Swarm does to a service that says nothing.
        var update = spec.UpdateConfig ??= new SwarmUpdateConfig { Parallelism = 1, FailureAction = "pause" };
        update.Order = Options.Order switch { DockerUpdateOrder.StartFirst => "start-first", DockerUpdateOrder.StopFirst => "stop-first", _ => update.Order };
        update.Parallelism = Options.Parallelism is { } parallelism ? (ulong)parallelism : update.Parallelism;
        update.Delay = Options.Delay ?? update.Delay;
        update.Monitor = Options.Monitor ?? update.Monitor;
    }
}
