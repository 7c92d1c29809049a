using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Docker.Services;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docker;

/// <summary>
/// Makes <see cref="DockerServiceTarget"/>s from settings: {"provider": "docker", "service": "shop_web", "image": "registry.example.com/shop:{revision}"}; and
/// sources of their logs.
/// </summary>
/// <remarks>Secrets are never in the settings: "registryPassword" names an environment variable.</remarks>
public sealed class DockerServiceTargetProvider : ITargetProvider, ISourceProvider<ILogSource>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _made = [];
    private readonly Func<string, string?> _lookup;

    /// <summary>Makes the provider.</summary>
    /// <param name="lookup">Finds secrets by the names of their variables; null for the process's environment.</param>
    public DockerServiceTargetProvider(Func<string, string?>? lookup = null) => _lookup = lookup ?? Environment.GetEnvironmentVariable;

    /// <inheritdoc />
    public string Provider => "docker";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Keep(new DockerServiceTarget(ServiceSettings.Of(settings, _lookup).ReadTarget(), settings.Name));
    }

    /// <summary>Makes the source of a target's own log.</summary>
    /// <param name="settings">The settings of the target.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public DockerServiceLogSource CreateLogSource(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Keep(ServiceSettings.Of(settings, _lookup).ReadLog(settings.Name));
    }

    /// <summary>Makes the source that a log test names: {"provider": "docker", "service": "shop_web"}.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    ILogSource ISourceProvider<ILogSource>.Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown(ServiceSettings.KnownOfLogs);
        return Keep(new ServiceSettings(settings).ReadLog("docker"));
    }

    /// <summary>Ends the connections of the targets and sources that the provider has made.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var one in _made)
            {
                one.Dispose();
            }

            _made.Clear();
        }
    }

    private T Keep<T>(T made)
        where T : IDisposable
    {
        lock (_lock)
        {
            _made.Add(made);
        }

        return made;
    }
}
