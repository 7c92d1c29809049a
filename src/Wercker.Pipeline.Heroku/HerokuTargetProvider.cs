using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Heroku.Setup;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku;

/// <summary>Makes <see cref="HerokuTarget"/>s from settings: {"provider": "heroku", "app": "shop", "secrets": ["HEROKU_KEY"]}; and sources of their logs for log tests.</summary>
/// <remarks>
/// The key is never in the settings. It is taken from the target's "secrets", and where these name none of HEROKU_KEY,
/// WERCKER_HEROKU_DEPLOY_KEY and HEROKU_API_KEY, looked up under these names.
/// </remarks>
public sealed class HerokuTargetProvider : ITargetProvider, ISourceProvider<ILogSource>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HttpClient> _clients = new(StringComparer.Ordinal);
    private readonly HttpClient? _http;
    private readonly Func<string, string?> _lookup;

    /// <summary>Makes the provider.</summary>
    /// <param name="http">The client of targets that name no caFile; null for one of <see cref="HerokuHttpClient"/>.</param>
    /// <param name="lookup">Finds the key by its name; null for the process's environment variables.</param>
    public HerokuTargetProvider(HttpClient? http = null, Func<string, string?>? lookup = null)
    {
        _http = http;
        _lookup = lookup ?? Environment.GetEnvironmentVariable;
    }

    /// <inheritdoc />
    public string Provider => "heroku";

    /// <inheritdoc />
    public IDeployTarget Create(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = new HerokuSettings(settings).Read();
        if (!settings.Secrets.Any(HerokuVariables.Keys.Contains) && HerokuVariables.Find(HerokuVariables.Keys, _lookup) is { } key)
        {
            options = options with { ApiKey = new Secret(key) };
        }

        return new HerokuTarget(ClientOf(options.CaFile), options, settings.Name);
    }

    /// <summary>Makes the source of a target's own log, which a log test asks for <see cref="HerokuLogSource.PlatformErrors"/>.</summary>
    /// <param name="settings">The settings of the target.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong, or there is no app or key.</exception>
    public HerokuLogSource CreateLogSource(TargetSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return CreateLogSource(new HerokuSettings(settings).Read(), settings.Location);
    }

    /// <summary>Makes the source that a log test names: {"provider": "heroku", "app": "shop"}, with "apiUrl" and "caFile" as for a target, and the key as for a target.</summary>
    /// <param name="settings">The settings of the source.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong, or there is no app or key.</exception>
    ILogSource ISourceProvider<ILogSource>.Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown("provider", "app", "apiUrl", "caFile");
        var options = new HerokuOptions { App = settings.GetText("app"), CaFile = settings.GetText("caFile") is { } authorities ? Path.GetFullPath(authorities) : null };
        return CreateLogSource(settings.GetUrl("apiUrl") is { } url ? options with { ApiUrl = url } : options, settings.Location);
    }

    /// <summary>Disposes the clients that the provider has made.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var client in _clients.Values)
            {
                client.Dispose();
            }

            _clients.Clear();
        }
    }

    private HerokuLogSource CreateLogSource(HerokuOptions options, string location)
    {
        var app = options.App ?? HerokuVariables.Find(HerokuVariables.Apps, _lookup)
            ?? throw new ConfigurationException($"{location}.app is missing: name the app, or set {HerokuVariables.App}.") { KeyPath = "app" };
        var key = HerokuVariables.Find(HerokuVariables.Keys, _lookup)
            ?? throw new ConfigurationException($"{location}: the log of {app} cannot be read without a key. Set {HerokuVariables.Key}.");
        return new HerokuLogSource(ClientOf(options.CaFile), options with { App = app, ApiKey = new Secret(key) });
    }

    private HttpClient ClientOf(string? caFile)
    {
        if (_http is not null && caFile is null)
        {
            return _http;
        }

        lock (_gate)
        {
            if (!_clients.TryGetValue(caFile ?? string.Empty, out var client))
            {
                client = HerokuHttpClient.Create(caFile);
                _clients[caFile ?? string.Empty] = client;
            }

            return client;
        }
    }
}
