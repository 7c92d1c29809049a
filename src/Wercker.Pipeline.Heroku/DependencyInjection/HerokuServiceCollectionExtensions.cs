using Microsoft.Extensions.DependencyInjection.Extensions;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Targets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Heroku into the container.</summary>
public static class HerokuServiceCollectionExtensions
{
    /// <summary>The name of the HTTP client in IHttpClientFactory, for those who configure it further.</summary>
    public const string HttpClientName = "Wercker.Pipeline.Heroku";

    /// <summary>Makes the provider "heroku" known to pipelines of the container, with an HTTP client of IHttpClientFactory that repeats only what may be repeated.</summary>
    /// <param name="services">The container's services.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddWerckerHeroku(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddHttpClient(HttpClientName, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => HerokuHttpClient.Primary(null))
            .AddResilienceHandler("heroku", HttpResilience.Configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITargetProvider, HerokuTargetProvider>(
            provider => new HerokuTargetProvider(provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpClientName))));
        return services;
    }
}
