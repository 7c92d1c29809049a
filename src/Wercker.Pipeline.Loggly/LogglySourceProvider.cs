using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Loggly;

/// <summary>Makes sources of the provider "loggly" from settings.</summary>
/// <remarks>
/// domain: the account's; token: the name of the environment variable that holds the API token; api: "current" or "legacy";
/// user, and password with the name of a variable: instead of a token; lag: how long a line may take; url: for a proxy.
/// </remarks>
/// <param name="http">The client; null for one of its own, which lives as long as the process.</param>
public sealed class LogglySourceProvider(HttpClient? http = null) : ISourceProvider<ILogSource>, IDisposable
{
    private readonly Lazy<HttpClient> _own = new(() => LogglyHttpClient.Create());

    /// <inheritdoc />
    public string Provider => "loggly";

    /// <inheritdoc />
    public ILogSource Create(SettingsReader settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.RefuseUnknown("provider", "domain", "token", "api", "user", "password", "lag", "url");
        var isLegacy = settings.GetChoice("api", false, ("current", false), ("legacy", true));
        var user = settings.GetText("user");
        if (isLegacy && user is null)
        {
            throw settings.Fault("user", "is missing: the first generation of the API knows users with passwords, and no tokens.");
        }

        if (!settings.Has("domain") && !settings.Has("url"))
        {
            throw settings.Fault("domain", "is missing. Give that of your account: \"acme\" for acme.loggly.com.");
        }

        var options = new LogglyOptions
        {
            Domain = settings.GetText("domain"),
            Url = settings.GetUrl("url"),
            User = user,
            Password = user is null ? null : settings.GetSecret("password") ?? throw settings.Fault("password", "is missing: it names the environment variable that holds the password."),
            Token = user is not null ? null : settings.GetSecret("token") ?? throw settings.Fault("token", "is missing: it names the environment variable that holds the API token."),
            Legacy = isLegacy,
        };
        return new LogglyLogSource(http ?? _own.Value, settings.GetDuration("lag", mayBeZero: true) is { } lag ? options with { Lag = lag } : options);
    }

    /// <summary>Disposes the provider's own client.</summary>
    public void Dispose()
    {
        if (_own.IsValueCreated)
        {
            _own.Value.Dispose();
        }
    }
}
