using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Engines;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>Removes the containers of processes that were killed before they could.</summary>
internal static class Leftovers
{
    /// <summary>Looks at all containers that are labelled as ours, and removes those whose owner is certainly dead.</summary>
    public static async Task RemoveAsync(DockerClient client, Owner here, Action<string>? progress)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [ContainerPlan.OwnerLabel] = true } };
        var containers = await client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filter }, CancellationToken.None).ConfigureAwait(false);
        foreach (var container in containers)
        {
            if (container.Labels.TryGetValue(ContainerPlan.OwnerLabel, out var label) && Owner.Parse(label)?.IsDead(here) == true)
            {
                try
                {
                    await client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None).ConfigureAwait(false);
                    progress?.Invoke($"container {container.Names.FirstOrDefault()?.TrimStart('/') ?? container.ID} of a process that was killed is removed");
                }
                catch (DockerApiException e)
                {
                    // Another process may be removing it at this moment; the next start looks again.
                    progress?.Invoke($"container {container.ID} of a process that was killed could not be removed: {EngineAddress.Explain(e)}");
                }
            }
        }
    }
}
