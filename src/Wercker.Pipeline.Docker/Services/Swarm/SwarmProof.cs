using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Services.Compose;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>Waits until Swarm has done what it was told, and proves it: the update has ended well, and every task that should run does, with the right image.</summary>
internal sealed class SwarmProof(SwarmEngine engine, TimeProvider clock)
{
    private const int FailuresPerTask = 3;

    /// <summary>What Swarm takes where a service says nothing.</summary>
    private static readonly TimeSpan DefaultMonitor = TimeSpan.FromSeconds(5);

    /// <summary>Waits for the proof that an image runs.</summary>
    /// <param name="image">The image in the specification.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task<StepResult> AwaitAsync(string image, CancellationToken cancellationToken)
    {
        var patience = new Patience(clock, engine.Options.HealthTimeout) { Longest = Patience.Near };
        var (generation, since) = (string.Empty, 0L);
        StepResult? seen;
        SwarmTasks tasks;
        do
        {
            var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
            tasks = await engine.TasksOfAsync(service, cancellationToken).ConfigureAwait(false);
            if (generation != tasks.Generation)
            {
                (generation, since) = (tasks.Generation, clock.GetTimestamp());
            }

            seen = Judge(service, tasks, image, clock.GetElapsedTime(since));
        }
        while (seen is null && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        seen ??= StepResult.Failed(
            $"{engine.Options.Words} is not healthy within {Patience.Words(engine.Options.HealthTimeout)}: {tasks.Running} of {tasks.Wanted} tasks run {image}{(tasks.ErrorOf(image) is { } error ? $"; {error}" : string.Empty)}",
            tasks.ToEvidence());
        return seen.IsGood || await FindCheckAsync(tasks.FailureOf(image), cancellationToken).ConfigureAwait(false) is not { } check
            ? seen
            : seen with { Message = $"{seen.Message}; its healthcheck: {check}" };
    }

    /// <summary>Waits for the end of a roll back that Swarm makes by itself.</summary>
    /// <returns>How it ended; null when there is none.</returns>
    public async Task<string?> AwaitOwnRollBackAsync(CancellationToken cancellationToken)
    {
        var patience = new Patience(clock, engine.Options.HealthTimeout) { Longest = Patience.Near };
        string? state;
        do
        {
            state = (await engine.FindAsync(cancellationToken).ConfigureAwait(false))?.Update?.State;
        }
        while (state == "rollback_started" && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return state;
    }

    /// <summary>What the healthcheck of a task said last; null when it was well, or the task ran on another node.</summary>
    private async Task<string?> FindCheckAsync(TaskResponse? task, CancellationToken cancellationToken)
    {
        if (task?.Status?.ContainerStatus?.ContainerID is not { Length: > 0 } id)
        {
            return null;
        }

        try
        {
            return (await engine.Client.Containers.InspectContainerAsync(id, cancellationToken).ConfigureAwait(false)).State is { Health: { Log: [.., { ExitCode: not 0 }] } } state
                ? ContainerHealth.LastCheck(state)
                : null;
        }
        catch (DockerApiException)
        {
            return null;
        }
    }

    /// <summary>The verdict; null while there is none yet.</summary>
    /// <param name="service">The service.</param>
    /// <param name="tasks">Its tasks.</param>
    /// <param name="image">What should run.</param>
    /// <param name="age">How long these very tasks have been seen.</param>
    private StepResult? Judge(SwarmState service, SwarmTasks tasks, string image, TimeSpan age)
    {
        var state = service.Update?.State;
        var error = tasks.ErrorOf(image) ?? service.Update?.Message ?? "nobody says why";
        switch (state)
        {
            case "rollback_started":
            case "rollback_completed" when !tasks.HasConverged:
                return null;
            case "rollback_completed" when service.Image != image:
                return StepResult.Failed($"{image} did not become healthy, and Swarm has rolled {engine.Options.Words} back by itself: {error}", tasks.ToEvidence());
            case "rollback_paused":
                return StepResult.Failed($"{image} did not become healthy, and the roll back that Swarm began by itself stands still: {error}. {service.Update!.Message}", tasks.ToEvidence());
            case "paused":
                return StepResult.Failed($"{image} did not become healthy, and Swarm has paused the update of {engine.Options.Words}: {error}", tasks.ToEvidence());
        }

        if (service.Image != image)
        {
            return StepResult.Failed($"{engine.Options.Words} has the image {service.Image} and not {image}: somebody else has updated it meanwhile", tasks.ToEvidence());
        }

        if (tasks.Failures >= FailuresPerTask * tasks.Wanted)
        {
            return StepResult.Failed($"{image} does not stay up, {tasks.Failures} tasks have failed: {error}", tasks.ToEvidence());
        }

        // Where tasks fail and are started again, a moment in which all run proves nothing.
        var mayBeLuck = tasks.Failures > 0 && age < (engine.Options.Monitor ?? service.Spec.UpdateConfig?.Monitor ?? DefaultMonitor);
        return !service.IsUnfinished && !mayBeLuck && tasks.HasConverged
            ? StepResult.Succeeded($"{tasks.Running} of {tasks.Wanted} task{(tasks.Wanted == 1 ? " runs" : "s run")} {image}, healthy", tasks.ToEvidence())
            : null;
    }
}
