using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Ssh.Dokku;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh;

/// <summary>Makes <see cref="DokkuTarget"/>s from settings: {"provider": "dokku", "host": "dokku.example.com", "app": "shop"}; and sources of their logs.</summary>
/// <remarks>Secrets are never in the settings: "keyVariable" and "passphrase" name environment variables.</remarks>
public sealed class DokkuTargetProvider : ITargetProvider, ISourceProvider<ILogSource>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<DokkuTarget> _made = [];
    private readonly Func<string, string?> _lookup;

    /// <summary>Makes the provider.</summary>
    /// <param name="lookup">Finds secrets by the names of their variables; null for the process's environment.</param>
    public DokkuTargetProvider(Func<string, string?>? lookup = null) => _lookup = lookup ?? Environment.GetEnvironmentVariable;

    /// <inheritdoc />
    public string Provider => "dokku";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var target = new DokkuTarget(DokkuSettings.Of(settings, _lookup).ReadTarget(), settings.Name);
        lock (_lock)
        {
            _made.Add(target);
        }

        return target;
    }

    /// <summary>Makes the source of a target's own log.</summary>
    /// <param name="settings">The settings of the target.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public DokkuLogSource CreateLogSource(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return DokkuSettings.Of(settings, _lookup).ReadLog(settings.Name);
    }

    /// <summary>Makes the source that a log test names: {"provider": "dokku", "host": "dokku.example.com", "app": "shop"}.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    ILogSource ISourceProvider<ILogSource>.Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown(DokkuSettings.KnownOfLogs);
        return new DokkuSettings(settings).ReadLog("dokku");
    }

    /// <summary>Ends the connections of the targets.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var target in _made)
            {
                target.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            _made.Clear();
        }
    }
}
