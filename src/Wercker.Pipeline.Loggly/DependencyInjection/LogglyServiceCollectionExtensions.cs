using Microsoft.Extensions.DependencyInjection.Extensions;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Loggly;
using Wercker.Pipeline.Logs;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Loggly into the container.</summary>
public static class LogglyServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client in IHttpClientFactory, for those who configure it further.</summary>
    public const string HttpClientName = "Wercker.Pipeline.Loggly";

    /// <summary>Makes the provider "loggly" known to log tests from settings, with an HTTP client of IHttpClientFactory that asks again where that helps.</summary>
    /// <param name="services">The container's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerLoggly(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(LogglyHttpClient.Primary)
            .AddResilienceHandler("loggly", LogglyHttpClient.Configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISourceProvider<ILogSource>, LogglySourceProvider>(
            provider => new LogglySourceProvider(provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName))));
        return services;
    }
}
