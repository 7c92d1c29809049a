using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>
/// Moves one replica to another image and back. Each move is a row of steps, of which the names of the containers tell how many are done: it can be cut off
/// anywhere and made again.
/// </summary>
internal sealed class ComposeMove(ComposeEngine engine, ContainerHealth health)
{
    /// <summary>Makes the new container, stops the old one and keeps it, starts the new one under its name.</summary>
    /// <returns>Why the new one is not healthy; null when it is.</returns>
    public async Task<string?> ForwardAsync(ComposeReplica replica, ServiceImage image, string deployment, CancellationToken cancellationToken)
    {
        if (replica.Live is { } ours && ComposeReplica.IsOf(ours, deployment) && ours.ImageID == image.Id)
        {
            return await StartAsync(ours.ID, cancellationToken).ConfigureAwait(false);
        }

        var isMade = replica.Next is { } made && ComposeReplica.IsOf(made, deployment) && made.ImageID == image.Id;
        if (replica.Next is { } stale && !isMade)
        {
            await engine.RemoveAsync(stale.ID, cancellationToken).ConfigureAwait(false);
        }

        var next = isMade ? replica.Next!.ID : await engine.CreateNextAsync((replica.Live ?? replica.Before)!, image, replica.NextName, deployment, cancellationToken).ConfigureAwait(false);
        if (replica.Live is { } old)
        {
            if (replica.Before is { } older)
            {
                await engine.RemoveAsync(older.ID, cancellationToken).ConfigureAwait(false);
            }

            await engine.StopAsync(old.ID, cancellationToken).ConfigureAwait(false);
            await engine.RenameAsync(old.ID, replica.BeforeName, cancellationToken).ConfigureAwait(false);
        }

        await engine.RenameAsync(next, replica.Name, cancellationToken).ConfigureAwait(false);
        return await StartAsync(next, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts the container from before again, under its name, and removes the one that followed it.</summary>
    /// <returns>Why it is not healthy; null when it is.</returns>
    public async Task<string?> BackAsync(ComposeReplica replica, IReadOnlyCollection<string> images, CancellationToken cancellationToken)
    {
        var isLive = replica.Live is { } live && images.Contains(live.ImageID);
        var (old, gone) = isLive ? (replica.Live!, replica.Next) : (replica.Before!, replica.Live ?? replica.Next);

        // The old one was told not to start by itself; the one that followed it has its policy.
        var policy = gone is null ? null : (await engine.InspectAsync(gone.ID, cancellationToken).ConfigureAwait(false)).HostConfig!.RestartPolicy;
        if (!isLive)
        {
            if (replica.Live is { } failed)
            {
                if (replica.Next is { } stale)
                {
                    await engine.RemoveAsync(stale.ID, cancellationToken).ConfigureAwait(false);
                }

                await engine.StopAsync(failed.ID, cancellationToken).ConfigureAwait(false);
                await engine.SetRestartAsync(failed.ID, policy ?? new RestartPolicy(), cancellationToken).ConfigureAwait(false);
                await engine.RenameAsync(failed.ID, replica.NextName, cancellationToken).ConfigureAwait(false);
            }

            await engine.RenameAsync(old.ID, replica.Name, cancellationToken).ConfigureAwait(false);
        }

        if (policy is not null)
        {
            await engine.SetRestartAsync(old.ID, policy, cancellationToken).ConfigureAwait(false);
        }

        var obstacle = await StartAsync(old.ID, cancellationToken).ConfigureAwait(false);
        if (gone is not null)
        {
            await engine.RemoveAsync(gone.ID, cancellationToken).ConfigureAwait(false);
        }

        return obstacle;
    }

    private async Task<string?> StartAsync(string container, CancellationToken cancellationToken)
    {
        await engine.StartAsync(container, cancellationToken).ConfigureAwait(false);
        return await health.AwaitAsync(container, cancellationToken).ConfigureAwait(false);
    }
}
