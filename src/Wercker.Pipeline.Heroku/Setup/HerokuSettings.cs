using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Heroku.Setup;

/// <summary>Reads the settings of a deploy target. Values from environment variables are strings, so "true" is as good as true.</summary>
internal sealed class HerokuSettings(TargetSettings settings)
{
    /// <summary>All settings, in the order of the documentation.</summary>
    public static readonly string[] Known =
    [
        "app", "user", "transport", "branch", "keepRepository", "forceEmptyCommit", "apiUrl", "gitUrl", "caFile", "knownHostsFile", "sshKeyType",
        "detachedCommands", "commandVariables", "commandDynoSize", "buildTimeoutSeconds", "releaseTimeoutSeconds", "dynoTimeoutSeconds",
        "dynoSettleSeconds", "rateLimitPatienceSeconds",
    ];

    public HerokuOptions Read()
    {
        var reader = new SettingsReader(settings.Options, settings.Location);
        reader.RefuseUnknown(Known);
        var defaults = new HerokuOptions();
        var options = new HerokuOptions
        {
            App = reader.GetText("app"),
            User = reader.GetText("user"),
            Transport = reader.GetChoice("transport", defaults.Transport, ("https", HerokuTransport.Https), ("build-api", HerokuTransport.BuildApi), ("ssh", HerokuTransport.Ssh)),
            Branch = reader.GetText("branch") ?? defaults.Branch,
            KeepRepository = reader.GetFlag("keepRepository"),
            ForceEmptyCommit = reader.GetFlag("forceEmptyCommit"),
            ApiUrl = reader.GetUrl("apiUrl") ?? defaults.ApiUrl,
            GitUrl = reader.GetText("gitUrl"),
            CaFile = reader.GetText("caFile") is { } authorities ? Path.GetFullPath(authorities) : null,
            KnownHostsFile = reader.GetText("knownHostsFile") is { } hosts ? Path.GetFullPath(hosts) : null,
            SshKeyType = reader.GetChoice("sshKeyType", defaults.SshKeyType, ("ed25519", HerokuSshKeyType.Ed25519), ("rsa", HerokuSshKeyType.Rsa)),
            DetachedCommands = reader.GetFlag("detachedCommands"),
            CommandVariables = reader.GetList("commandVariables"),
            CommandDynoSize = reader.GetText("commandDynoSize"),
            BuildTimeout = reader.GetDuration("buildTimeoutSeconds") ?? defaults.BuildTimeout,
            ReleaseTimeout = reader.GetDuration("releaseTimeoutSeconds") ?? defaults.ReleaseTimeout,
            DynoTimeout = reader.GetDuration("dynoTimeoutSeconds") ?? defaults.DynoTimeout,
            DynoSettleTime = reader.GetDuration("dynoSettleSeconds", mayBeZero: true) ?? defaults.DynoSettleTime,
            RateLimitPatience = reader.GetDuration("rateLimitPatienceSeconds", mayBeZero: true) ?? defaults.RateLimitPatience,
        };
        if (options.Transport == HerokuTransport.BuildApi && (options.KeepRepository || options.ForceEmptyCommit))
        {
            throw reader.Fault(options.KeepRepository ? "keepRepository" : "forceEmptyCommit", "means nothing to the transport \"build-api\", which knows no commits. Delete it, or use \"https\".");
        }

        return options;
    }
}
