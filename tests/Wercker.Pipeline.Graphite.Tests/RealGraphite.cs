using Wercker.Pipeline.Tests.Servers;

// Deployments that are judged while they run wait most of their time.
[assembly: LevelOfParallelism(12)]

namespace Wercker.Pipeline.Graphite.Tests;

/// <summary>One Graphite for all tests of the project; each writes metrics of its own.</summary>
[SetUpFixture]
public class RealGraphite
{
    internal static GraphiteServer Server { get; private set; } = null!;

    internal static HttpClient Client { get; } = GraphiteHttpClient.Create();

    /// <summary>A moment of the past that is over in every archive, on a whole minute.</summary>
    internal static DateTimeOffset Past { get; } = DateTimeOffset.FromUnixTimeSeconds(((DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60) - 20) * 60);

    internal static GraphiteMetricSource Source(Uri? url = null) => new(Client, new GraphiteOptions { Url = url ?? Server.Url });

    /// <summary>Points of one metric, a second apart.</summary>
    internal static (string Name, double Value, long At)[] Seconds(string name, DateTimeOffset from, params double[] values) =>
        [.. values.Select((value, i) => (name, value, from.ToUnixTimeSeconds() + i))];

    [OneTimeSetUp]
    public async Task StartAsync() => Server = await GraphiteServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
