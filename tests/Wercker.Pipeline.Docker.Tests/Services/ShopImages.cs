using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Tests.Services;

/// <summary>Images of a shop that is only on this engine: two good versions, one whose healthcheck fails, one that ends at once.</summary>
internal static class ShopImages
{
    public const string Repository = "wercker-test/shop";
    public const string Sick = "sick";
    public const string Crashing = "crashing";
    private const string Serve = """CMD ["sh", "-c", "trap 'exit 0' TERM; echo serving $VERSION; while :; do sleep 1000 & wait; done"]""";

    public static string Name(string version) => $"{Repository}:{version}";

    public static async Task<string> IdAsync(string version) => (await Engine.Client.Images.InspectImageAsync(Name(version))).ID!;

    public static async Task MakeAsync()
    {
        var box = await Engine.Client.Containers.CreateContainerAsync(new CreateContainerParameters { Image = BoxImage.Name, Cmd = ["true"] });
        try
        {
            foreach (var version in new[] { "1", "2" })
            {
                await CommitAsync(box.ID!, version, "HEALTHCHECK --interval=300ms --timeout=10s CMD test -n \"$VERSION\"", Serve);
            }

            await CommitAsync(box.ID!, Sick, "HEALTHCHECK --interval=300ms --timeout=10s --retries=1 CMD echo the shop is sick; exit 1", Serve);
            await CommitAsync(box.ID!, Crashing, """CMD ["sh", "-c", "echo crashing; exit 7"]""");
        }
        finally
        {
            await Engine.Client.Containers.RemoveContainerAsync(box.ID!, new ContainerRemoveParameters());
        }
    }

    private static Task<CommitContainerChangesResponse> CommitAsync(string box, string version, params string[] changes) => Engine.Client.Images.CommitContainerChangesAsync(
        new CommitContainerChangesParameters { ContainerID = box, RepositoryName = Repository, Tag = version, Changes = [$"ENV VERSION={version}", .. changes] });
}
