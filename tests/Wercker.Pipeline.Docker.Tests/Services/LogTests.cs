using System.Globalization;
using System.Text.Json;
using Docker.DotNet.Models;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Docker.Tests.Services;

[CancelAfter(180_000)]
public sealed class LogTests
{
    /// <summary>The engine reads a file that holds exactly the entries of the kit: that of a container which has ended.</summary>
    [Test]
    public async Task Source_OfContainers_KeepsTheContract(CancellationToken cancellationToken)
    {
        await using var shop = await ComposeShop.StartAsync(1);
        await Engine.Client.Containers.StopContainerAsync(shop.Name(1), new ContainerStopParameters(), cancellationToken);
        var file = (await shop.InspectAsync(1)).LogPath!;
        var contract = new LogSourceContract(
            async (entries, token) =>
            {
                await File.WriteAllLinesAsync(file, entries.Select(Line), token);
                return new DockerServiceLogSource("web", shop.Project);
            },
            _ => ValueTask.FromResult<ILogSource>(new DockerServiceLogSource("nothing", shop.Project)));

        await contract.Rules.VerifyAllAsync(cancellationToken);
    }

    [Test]
    public async Task Read_ServiceOfASwarm_HasTheLinesOfAllTasks(CancellationToken cancellationToken)
    {
        await using var shop = await SwarmShop.StartAsync();
        using var source = new DockerServiceLogSource(shop.Name);
        using var blind = new DockerServiceLogSource("nothing");
        var now = DateTimeOffset.UtcNow;

        var found = await source.ReadAsync(new SourceQuery("^serving", now.AddHours(-1), now.AddHours(1)), cancellationToken).ToListAsync(cancellationToken);
        var later = await source.ReadAsync(new SourceQuery("", now.AddHours(1), now.AddHours(2)), cancellationToken).ToListAsync(cancellationToken);

        Assert.That(found.Select(entry => entry.Message), Is.EqualTo(new[] { "serving 1", "serving 1" }));
        Assert.That(found.Select(entry => (entry.At - now).Duration()), Is.All.LessThan(TimeSpan.FromMinutes(3)));
        Assert.That(later, Is.Empty);
        Assert.That(async () => await blind.ReadAsync(new SourceQuery("", now, now), cancellationToken).ToListAsync(cancellationToken), Throws.TypeOf<DockerServiceException>().With.Message.Contains("nothing"));
    }

    // The format of the log driver json-file: https://docs.docker.com/engine/logging/drivers/json-file/.
    private static string Line(LogEntry entry) =>
        JsonSerializer.Serialize(new { log = entry.Message + "\n", stream = "stdout", time = entry.At.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture) });
}
