using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline;

/// <summary>Sugar over the builder's one primitive.</summary>
public static partial class DeployPipelineBuilderExtensions
{
    /// <summary>Adds a step object, which serves every deployment of the pipeline.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="step">The step.</param>
    /// <param name="configure">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddStep(this DeployPipelineBuilder builder, string name, IDeployStep step, Action<StepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(step);
        return builder.AddStep(name, _ => step, configure);
    }

    /// <summary>Adds a delegate as a step.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The step's name.</param>
    /// <param name="run">What the step does.</param>
    /// <param name="configure">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder AddStep(
        this DeployPipelineBuilder builder, string name, Func<DeployContext, CancellationToken, ValueTask<StepResult>> run, Action<StepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(run);
        return builder.AddStep(name, _ => new DelegateStep(run), configure);
    }

    /// <summary>Adds a step whose constructor is filled by the container; its name is the type's, without "Step".</summary>
    /// <typeparam name="TStep">The step's type.</typeparam>
    /// <param name="builder">The pipeline's builder, with <see cref="PipelineServices.Provider"/> set.</param>
    /// <param name="configure">Sets conditions, timeout, retries; null for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException">When built: there is no container, or it lacks something that the step needs.</exception>
    public static DeployPipelineBuilder AddStep<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TStep>(
        this DeployPipelineBuilder builder, Action<StepOptions>? configure = null)
        where TStep : IDeployStep
    {
        ArgumentNullException.ThrowIfNull(builder);
        var name = typeof(TStep).Name;
        return builder.AddStep(
            name.Length > 4 && name.EndsWith("Step", StringComparison.Ordinal) ? name[..^4] : name,
            services => ActivatorUtilities.CreateInstance<TStep>(
                services.Provider ?? throw new InvalidOperationException($"AddStep<{name}>() needs a container: use AddWerckerPipeline, or AddStep with a factory.")),
            configure);
    }

    /// <summary>Sets an environment variable of every deployment.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder WithVariable(this DeployPipelineBuilder builder, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithEnvironment((_, environment) => environment.Set(name, value));
    }

    /// <summary>Sets a protected environment variable of every deployment: masked in every output, hidden from listings.</summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The builder.</returns>
    public static DeployPipelineBuilder WithSecret(this DeployPipelineBuilder builder, string name, Secret value)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return builder.WithEnvironment((_, environment) => environment.SetSecret(name, value));
    }

    /// <summary>
    /// Deploys to a target from settings: its own variables, the settings' variables, and the settings' secrets, which are looked up by name.
    /// A secret that is not found is reported by the plan and refuses the deployment.
    /// </summary>
    /// <param name="builder">The pipeline's builder.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="providers">The known kinds of targets.</param>
    /// <param name="lookup">Finds a secret by its name; null for the process's environment variables.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ConfigurationException">The provider is unknown, or a setting is wrong.</exception>
    public static DeployPipelineBuilder UseTarget(
        this DeployPipelineBuilder builder, TargetSettings settings, IEnumerable<ITargetProvider> providers, Func<string, string?>? lookup = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(providers);
        var target = TargetFactory.Create(settings, providers);
        lookup ??= Environment.GetEnvironmentVariable;
        builder.UseTarget(target).WithEnvironment((_, environment) => TargetFactory.Contribute(settings, lookup, environment));
        foreach (var secret in settings.Secrets)
        {
            builder.RequireVariable(secret);
        }

        return builder;
    }

    private sealed class DelegateStep(Func<DeployContext, CancellationToken, ValueTask<StepResult>> run) : IDeployStep
    {
        public StepForecast Forecast(DeployPlanContext context) => StepForecast.Runs("run a delegate");

        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => run(context, cancellationToken);
    }
}
