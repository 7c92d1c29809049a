using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Ssh.Setup;

namespace Wercker.Pipeline.Ssh.Dokku;

/// <summary>Reads the settings of apps on Dokku, and of their logs.</summary>
internal sealed class DokkuSettings(SettingsReader reader)
{
    /// <summary>The settings of a target, in the order of the documentation.</summary>
    public static readonly string[] Known =
    [
        "host", "app", "branch", "key", "keyVariable", "passphrase", "knownHosts", "fingerprint", "sshConfig", "keyExchange", "connectTimeout", "keepAlive",
        "buildTimeout", "startTimeout",
    ];

    /// <summary>Those of a log source.</summary>
    public static readonly string[] KnownOfLogs = ["provider", "host", "app", "key", "keyVariable", "passphrase", "knownHosts", "fingerprint", "sshConfig", "keyExchange", "connectTimeout", "keepAlive"];

    public static DokkuSettings Of(TargetSettings settings, Func<string, string?> lookup) => new(new SettingsReader(settings.Options, settings.Location, lookup));

    public DokkuOptions ReadTarget()
    {
        reader.RefuseUnknown(Known);
        var options = ReadApp();
        return options with
        {
            Branch = reader.GetText("branch") ?? options.Branch,
            BuildTimeout = reader.GetDuration("buildTimeout") ?? options.BuildTimeout,
            StartTimeout = reader.GetDuration("startTimeout") ?? options.StartTimeout,
        };
    }

    public DokkuLogSource ReadLog(string name) => new(ReadApp(), name);

    private DokkuOptions ReadApp()
    {
        var ssh = new SshSettings(reader, null);
        var host = ssh.Parse(reader.GetText("host") ?? throw reader.Fault("host", "is missing: name the Dokku host, \"dokku.example.com\"."), "host");
        var app = reader.GetText("app") ?? throw reader.Fault("app", "is missing: name the app, as dokku apps:list does.");
        return app.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_') && char.IsAsciiLetterOrDigit(app[0])
            ? new DokkuOptions { Host = host with { User = host.User ?? "dokku", Fingerprint = reader.GetText("fingerprint") }, App = app, Login = ssh.ReadLogin() }
            : throw reader.Fault("app", $"is '{app}', which Dokku would not take for a name: small letters, digits, '-', '_' and '.'.");
    }
}
