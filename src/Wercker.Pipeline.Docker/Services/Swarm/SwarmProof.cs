namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>Waits until Swarm has done what it was told, and proves it: the update has ended well, and every task that should run does, with the right image.</summary>
internal sealed class SwarmProof(SwarmEngine engine, TimeProvider clock)
{
    /// <summary>Waits for the proof that an image runs.</summary>
    /// <param name="image">The image in the specification.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task<StepResult> AwaitAsync(string image, CancellationToken cancellationToken)
    {
        var patience = new Patience(clock, engine.Options.HealthTimeout);
        StepResult? seen;
        SwarmTasks tasks;
        do
        {
            var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
            tasks = await engine.TasksOfAsync(service, cancellationToken).ConfigureAwait(false);
            seen = Judge(service, tasks, image);
        }
        while (seen is null && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return seen ?? StepResult.Failed(
            $"{engine.Options.Words} is not healthy within {Words(engine.Options.HealthTimeout)}: {tasks.Running} of {tasks.Wanted} tasks run {image}{(tasks.ErrorOf(image) is { } error ? $"; {error}" : string.Empty)}",
            tasks.ToEvidence());
    }

    /// <summary>Waits for the end of a roll back that Swarm makes by itself.</summary>
    /// <returns>How it ended; null when there is none.</returns>
    public async Task<string?> AwaitOwnRollBackAsync(CancellationToken cancellationToken)
    {
        var patience = new Patience(clock, engine.Options.HealthTimeout);
        string? state;
        do
        {
            state = (await engine.FindAsync(cancellationToken).ConfigureAwait(false))?.Update?.State;
        }
        while (state == "rollback_started" && await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return state;
    }

    public static string Words(TimeSpan time) => time.TotalMinutes >= 2 ? $"{time.TotalMinutes:0.#} minutes" : $"{time.TotalSeconds:0.#} seconds";

    /// <summary>The verdict; null while there is none yet.</summary>
    private StepResult? Judge(SwarmState service, SwarmTasks tasks, string image)
    {
        var state = service.Update?.State;
        var error = tasks.ErrorOf(image) ?? service.Update?.Message ?? "nobody says why";
        switch (state)
        {
            case "rollback_started":
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

        return state is null or "completed" or "rollback_completed" && tasks.HasConverged
            ? StepResult.Succeeded($"{tasks.Running} of {tasks.Wanted} task{(tasks.Wanted == 1 ? " runs" : "s run")} {image}, healthy", tasks.ToEvidence())
            : null;
    }
}
