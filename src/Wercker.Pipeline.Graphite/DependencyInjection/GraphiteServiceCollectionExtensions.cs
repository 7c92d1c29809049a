using Microsoft.Extensions.DependencyInjection.Extensions;
using Wercker.Pipeline;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Graphite;
using Wercker.Pipeline.Graphite.Heartbeat;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Graphite into the container.</summary>
public static class GraphiteServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client in IHttpClientFactory, for those who configure it further.</summary>
    public const string HttpClientName = "Wercker.Pipeline.Graphite";

    /// <summary>Makes the provider "graphite" known, with an HTTP client of IHttpClientFactory that repeats questions and follows no redirect.</summary>
    /// <param name="services">The container's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerGraphite(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(MetricServerHttp.Primary)
            .AddResilienceHandler("graphite", MetricServerHttp.Configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISourceProvider<IMetricSource>, GraphiteMetricSourceProvider>(
            provider => new GraphiteMetricSourceProvider(ClientOf(provider), provider.GetService<TimeProvider>())));
        return services;
    }

    /// <summary>Marks the deployments of all pipelines of the container in Graphite's events. Includes <see cref="AddWerckerGraphite"/>.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="options">Where Graphite is.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerGraphiteMarkers(this IServiceCollection services, GraphiteOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return services.AddWerckerGraphite().AddSingleton<IDeployObserver>(provider => new GraphiteDeployMarkers(ClientOf(provider), options));
    }

    /// <summary>
    /// Sends the application's heartbeat to Graphite as long as it runs. By default all is taken from the environment:
    /// WERCKER_METRICS_URL and WERCKER_METRICS_KEY. Without them a warning is logged, and no beat is sent.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Changes what the environment says; null for nothing.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerHeartbeat(this IServiceCollection services, Action<HeartbeatOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<HeartbeatOptions>().Configure(configure ?? (_ => { }));
        return services.AddHostedService<HeartbeatService>();
    }

    private static HttpClient ClientOf(IServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName);
}
