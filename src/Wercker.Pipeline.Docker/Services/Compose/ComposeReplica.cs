using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Containers;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>One container of a service, with the one that is to follow it and the one that it followed. Which is which stands in their names alone.</summary>
/// <param name="Name">The name of the container in use.</param>
/// <param name="Live">The container in use; null between two renames.</param>
/// <param name="Next">The one that is made and not in use yet.</param>
/// <param name="Before">The one that was in use before, stopped.</param>
internal sealed record ComposeReplica(string Name, ContainerListResponse? Live, ContainerListResponse? Next, ContainerListResponse? Before)
{
    private const string NextEnding = ".next";
    private const string BeforeEnding = ".before";

    public string NextName => Name + NextEnding;

    public string BeforeName => Name + BeforeEnding;

    /// <summary>What runs under the name, in a word: the image's id, with its state when it does not run.</summary>
    public string State => Live switch
    {
        null => "nothing",
        { State: "running" } => Live.ImageID,
        _ => $"{Live.ImageID} {Live.State}",
    };

    /// <summary>Sorts containers into replicas, in the order of their names.</summary>
    public static IReadOnlyList<ComposeReplica> Of(IEnumerable<ContainerListResponse> containers) =>
    [
        .. containers.Select(container => (Container: container, Name: NameOf(container)))
            .GroupBy(one => Strip(one.Name), StringComparer.Ordinal)
            .OrderBy(group => group.Key.Length).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new ComposeReplica(group.Key, Find(group, group.Key), Find(group, group.Key + NextEnding), Find(group, group.Key + BeforeEnding))),
    ];

    /// <summary>True when a container was made by a deployment.</summary>
    public static bool IsOf(ContainerListResponse container, string deployment) => container.Labels.TryGetValue(ContainerPlan.DeploymentLabel, out var label) && label == deployment;

    private static ContainerListResponse? Find(IEnumerable<(ContainerListResponse Container, string Name)> group, string name) => group.FirstOrDefault(one => one.Name == name).Container;

    // Links give a container more names, "/web/db"; its own has one slash.
    private static string NameOf(ContainerListResponse container) => container.Names.Select(name => name.TrimStart('/')).First(name => !name.Contains('/', StringComparison.Ordinal));

    private static string Strip(string name) =>
        name.EndsWith(NextEnding, StringComparison.Ordinal) ? name[..^NextEnding.Length] : name.EndsWith(BeforeEnding, StringComparison.Ordinal) ? name[..^BeforeEnding.Length] : name;
}
