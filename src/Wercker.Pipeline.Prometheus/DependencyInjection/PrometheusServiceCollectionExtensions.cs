using Microsoft.Extensions.DependencyInjection.Extensions;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Metrics.Servers;
using Wercker.Pipeline.Prometheus;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Prometheus into the container.</summary>
public static class PrometheusServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client in IHttpClientFactory, for those who configure it further.</summary>
    public const string HttpClientName = "Wercker.Pipeline.Prometheus";

    /// <summary>Makes the provider "prometheus" known, with an HTTP client of IHttpClientFactory that repeats questions and follows no redirect.</summary>
    /// <param name="services">The container's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerPrometheus(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(MetricServerHttp.Primary)
            .AddResilienceHandler("prometheus", MetricServerHttp.Configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISourceProvider<IMetricSource>, PrometheusMetricSourceProvider>(provider => new PrometheusMetricSourceProvider(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName), provider.GetService<TimeProvider>())));
        return services;
    }
}
