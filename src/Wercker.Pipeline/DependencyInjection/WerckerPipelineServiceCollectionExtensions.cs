using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Wercker.Pipeline;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Locks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Pipelines in a container.</summary>
public static class WerckerPipelineServiceCollectionExtensions
{
    /// <summary>
    /// Adds a pipeline under its name: ask for it with <c>[FromKeyedServices("shop")] DeployPipeline</c>. The first pipeline is also the unnamed one.
    /// Journal, lock, clock, observers and output sinks are taken from the container where it has them.
    /// </summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">The pipeline's name.</param>
    /// <param name="configure">Puts the pipeline together, when it is first asked for.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddWerckerPipeline(this IServiceCollection services, string name, Action<DeployPipelineBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return services.AddWerckerPipeline(name, (builder, _) => configure(builder));
    }

    /// <summary>Adds a pipeline under its name, put together with services of the container.</summary>
    /// <param name="services">The container's services.</param>
    /// <param name="name">The pipeline's name.</param>
    /// <param name="configure">Puts the pipeline together, when it is first asked for.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddWerckerPipeline(this IServiceCollection services, string name, Action<DeployPipelineBuilder, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.TryAddSingleton<IDeploymentJournal, InMemoryJournal>();
        services.TryAddSingleton<IDeploymentLock>(InProcessLock.Shared);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(CreateServices);
        services.AddKeyedSingleton(name, (provider, _) =>
        {
            var builder = new DeployPipelineBuilder(name, provider.GetRequiredService<PipelineServices>());
            configure(builder, provider);
            return builder.Build();
        });
        services.TryAddSingleton(provider => provider.GetRequiredKeyedService<DeployPipeline>(name));
        return services;
    }

    private static PipelineServices CreateServices(IServiceProvider provider) => new()
    {
        LoggerFactory = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
        TimeProvider = provider.GetRequiredService<TimeProvider>(),
        Journal = provider.GetRequiredService<IDeploymentJournal>(),
        Lock = provider.GetRequiredService<IDeploymentLock>(),
        Observers = [.. provider.GetServices<IDeployObserver>()],
        Outputs = [.. provider.GetServices<IOutputSink>()],
        Provider = provider,
    };
}
