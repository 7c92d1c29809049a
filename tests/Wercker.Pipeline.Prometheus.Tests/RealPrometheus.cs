using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Prometheus.Tests;

/// <summary>One Prometheus for all tests of the project; each writes series of its own.</summary>
[SetUpFixture]
public class RealPrometheus
{
    internal static PrometheusServer Server { get; private set; } = null!;

    internal static HttpClient Client { get; } = PrometheusHttpClient.Create();

    /// <summary>A moment of the past, on a whole minute.</summary>
    internal static DateTimeOffset Past { get; } = DateTimeOffset.FromUnixTimeSeconds(((DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60) - 20) * 60);

    internal static PrometheusMetricSource Source(Uri? url = null, TimeSpan? step = null) =>
        new(Client, new PrometheusOptions { Url = url ?? Server.Url, Step = step ?? TimeSpan.FromSeconds(1) });

    [OneTimeSetUp]
    public async Task StartAsync() => Server = await PrometheusServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
