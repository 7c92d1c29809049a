using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Setup;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh;

/// <summary>Makes <see cref="SshTarget"/>s from settings: {"provider": "ssh", "hosts": ["deploy@web1", "deploy@web2"], "path": "/srv/shop"}; and sources of their logs.</summary>
/// <remarks>Secrets are never in the settings: "password", "passphrase", "keyVariable" and "sudoPassword" name environment variables.</remarks>
public sealed class SshTargetProvider : ITargetProvider, ISourceProvider<ILogSource>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<HostPool> _pools = [];
    private readonly Func<string, string?> _lookup;
    private readonly Action<TargetSettings, IReadOnlyList<string>, DeployPipelineBuilder>? _waveTests;

    /// <summary>Makes the provider.</summary>
    /// <param name="lookup">Finds secrets by the names of their variables; null for the process's environment.</param>
    /// <param name="waveTests">Adds the tests of a wave to a pipeline, of the kinds that "waveTests" names: "http", "log", "metrics"; null when there are none to be had.</param>
    public SshTargetProvider(Func<string, string?>? lookup = null, Action<TargetSettings, IReadOnlyList<string>, DeployPipelineBuilder>? waveTests = null)
    {
        _lookup = lookup ?? Environment.GetEnvironmentVariable;
        _waveTests = waveTests;
    }

    /// <inheritdoc />
    public string Provider => "ssh";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = SshSettings.Of(settings, _lookup).ReadTarget(_waveTests is null ? null : (words, builder) => _waveTests(settings, words, builder));
        var pool = new HostPool(SshTarget.ConnectorOf(options.Login));
        lock (_lock)
        {
            _pools.Add(pool);
        }

        try
        {
            return new SshTarget(options, settings.Name, pool);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{settings.Location}: {e.Message}") { KeyPath = e.KeyPath };
        }
    }

    /// <summary>Makes the source of a target's own log, which "logUnit" and "logFiles" describe.</summary>
    /// <param name="settings">The settings of the target.</param>
    /// <returns>The source; null when the settings say nothing of a log.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public SshLogSource? CreateLogSource(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return SshSettings.Of(settings, _lookup).ReadLog(settings.Name);
    }

    /// <summary>Makes the source that a log test names: {"provider": "ssh", "hosts": ["deploy@web1"], "logUnit": "shop"}.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong, or no log is named.</exception>
    ILogSource ISourceProvider<ILogSource>.Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown(SshSettings.KnownOfLogs);
        return new SshSettings(settings, null).ReadLog("ssh") ?? throw settings.Fault("logFiles", "is missing: name the files, or the systemd unit as \"logUnit\".");
    }

    /// <summary>Ends the connections of the targets.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var pool in _pools)
            {
                pool.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            _pools.Clear();
        }
    }
}
