using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Ssh.Setup;

/// <summary>Reads the settings of targets, of their logs, and of log sources.</summary>
internal sealed class SshSettings(SettingsReader reader, JsonNode? hosts)
{
    /// <summary>The settings of a target, in the order of the documentation.</summary>
    public static readonly string[] Known =
    [
        "hosts", "path", "user", "key", "keyVariable", "passphrase", "password", "knownHosts", "client", "sshConfig", "keyExchange", "connectTimeout", "keepAlive",
        "linkedDirectories", "linkedFiles", "repository", "prepare", "restart", "unit", "check", "checkTimeout", "sudo", "sudoPassword", "keep",
        "maintenanceFile", "maintenancePage", "commandRole", "commandVariables", "allowDrift", "reserveMegabytes", "hostTimeout",
        "waves", "wavePause", "waveTests", "parallelism", "maxFailedHosts", "skipUnreachable", "logUnit", "logFiles",
    ];

    /// <summary>The settings of a log source.</summary>
    public static readonly string[] KnownOfLogs = ["provider", "hosts", "user", "key", "keyVariable", "passphrase", "password", "knownHosts", "client", "sshConfig", "keyExchange", "connectTimeout", "keepAlive", "logUnit", "logFiles"];

    /// <summary>The settings of a sandbox.</summary>
    public static readonly string[] KnownOfSandboxes = ["host", "fingerprint", "directory", "user", "key", "keyVariable", "passphrase", "password", "knownHosts", "client", "sshConfig", "keyExchange", "connectTimeout", "keepAlive"];

    /// <summary>The words of "waveTests".</summary>
    public static readonly string[] TestWords = ["http", "log", "metrics"];

    /// <param name="settings">The settings of a target.</param>
    /// <param name="lookup">Finds secrets.</param>
    public static SshSettings Of(TargetSettings settings, Func<string, string?> lookup) => new(
        new SettingsReader(settings.Options, settings.Location, lookup),
        settings.Options.FirstOrDefault(pair => pair.Key.Equals("hosts", StringComparison.OrdinalIgnoreCase)).Value);

    public SshOptions ReadTarget(Action<IReadOnlyList<string>, DeployPipelineBuilder>? waveTests)
    {
        reader.RefuseUnknown(Known);
        var defaults = new SshOptions { Hosts = [], Path = string.Empty };
        var tests = reader.GetList("waveTests");
        if (tests.FirstOrDefault(word => !TestWords.Contains(word)) is { } unknown)
        {
            throw reader.Fault("waveTests", $"holds '{unknown}'; its words are {string.Join(", ", TestWords)}.");
        }

        if (tests.Count > 0 && waveTests is null)
        {
            throw reader.Fault("waveTests", "needs a host program that gives the provider its tests; the tool does.");
        }

        return new SshOptions
        {
            Hosts = ReadHosts(),
            Path = reader.RequireText("path"),
            Login = ReadLogin(),
            Fleet = new SshFleet
            {
                Waves = reader.GetList("waves"),
                Pause = reader.GetDuration("wavePause", mayBeZero: true) ?? TimeSpan.Zero,
                Parallelism = reader.GetInteger("parallelism", 1, 1024) ?? defaults.Fleet.Parallelism,
                MaxFailedHosts = reader.GetInteger("maxFailedHosts", 0) ?? 0,
                SkipUnreachable = reader.GetFlag("skipUnreachable"),
                WaveTests = tests.Count == 0 ? null : builder => waveTests!(tests, builder),
            },
            LinkedDirectories = reader.GetList("linkedDirectories"),
            LinkedFiles = reader.GetList("linkedFiles"),
            Repository = reader.GetText("repository"),
            Prepare = reader.GetText("prepare"),
            Restart = reader.GetText("restart"),
            Unit = reader.GetText("unit"),
            Check = reader.GetText("check"),
            CheckTimeout = reader.GetDuration("checkTimeout") ?? defaults.CheckTimeout,
            Sudo = reader.GetFlag("sudo"),
            SudoPassword = reader.GetSecret("sudoPassword"),
            Keep = reader.GetInteger("keep", 2) ?? defaults.Keep,
            MaintenanceFile = reader.GetText("maintenanceFile") ?? defaults.MaintenanceFile,
            MaintenancePage = reader.GetText("maintenancePage"),
            CommandRole = reader.GetText("commandRole"),
            CommandVariables = reader.GetList("commandVariables"),
            AllowDrift = reader.GetFlag("allowDrift"),
            Reserve = reader.GetInteger("reserveMegabytes", 0) is { } megabytes ? megabytes * 1024L * 1024 : defaults.Reserve,
            HostTimeout = reader.GetDuration("hostTimeout") ?? defaults.HostTimeout,
        };
    }

    /// <summary>Where the log is, of a target or a log source; null when nothing is said of it.</summary>
    public SshLogSource? ReadLog(string name)
    {
        var (unit, files) = (reader.GetText("logUnit"), reader.GetList("logFiles"));
        return unit is null && files.Count == 0 ? null : new SshLogSource(ReadHosts(), ReadLogin(), name) { Unit = unit, Files = files };
    }

    public IReadOnlyList<SshHost> ReadHosts()
    {
        IReadOnlyList<SshHost> read = hosts is JsonArray items && items.Any(item => item is JsonObject) || hosts is JsonObject
            ? [.. reader.GetSections("hosts").Select(ReadHost)]
            : [.. reader.GetList("hosts").Select(text => Parse(text))];
        return read.Count > 0 ? read : throw reader.Fault("hosts", "is missing: name the hosts, \"deploy@web1.example.com\", in the order in which they get the new version.");
    }

    /// <summary>One host, "user@address:port", and its fingerprint beside it.</summary>
    public SshHost ReadHost(string key) => Parse(reader.RequireText(key), key) with { Fingerprint = reader.GetText("fingerprint") };

    public SshLogin ReadLogin()
    {
        var defaults = new SshLogin();
        return new SshLogin
        {
            User = reader.GetText("user") ?? defaults.User,
            KeyFile = reader.GetText("key") is { } key ? FullPath(key) : null,
            Key = reader.GetSecret("keyVariable"),
            Passphrase = reader.GetSecret("passphrase"),
            Password = reader.GetSecret("password"),
            KnownHostsFile = reader.GetText("knownHosts") is { } known ? FullPath(known) : null,
            Client = reader.GetChoice("client", defaults.Client, ("built-in", SshClientKind.BuiltIn), ("openssh", SshClientKind.OpenSsh)),
            KeyExchange = reader.GetChoice("keyExchange", defaults.KeyExchange, ("strongest", SshKeyExchange.Strongest), ("fastest", SshKeyExchange.Fastest)),
            ConfigFile = reader.GetText("sshConfig") is { } config ? FullPath(config) : null,
            ConnectTimeout = reader.GetDuration("connectTimeout") ?? defaults.ConnectTimeout,
            KeepAlive = reader.GetDuration("keepAlive") ?? defaults.KeepAlive,
        };
    }

    private SshHost ReadHost(SettingsReader host)
    {
        host.RefuseUnknown("address", "name", "port", "user", "roles", "fingerprint", "path");
        var parsed = Parse(host.RequireText("address"));
        return parsed with
        {
            Name = host.GetText("name") ?? (host.GetInteger("port", 1, 65535) is { } port && port != 22 ? $"{parsed.Address}:{port}" : parsed.Name),
            Port = host.GetInteger("port", 1, 65535) ?? parsed.Port,
            User = host.GetText("user") ?? parsed.User,
            Roles = host.GetList("roles"),
            Fingerprint = host.GetText("fingerprint"),
            Path = host.GetText("path"),
        };
    }

    /// <summary>"user@address:port", of which only the address must be there; an IPv6 address stands in brackets when a port follows.</summary>
    public SshHost Parse(string text, string key = "hosts")
    {
        var at = text.LastIndexOf('@');
        var (user, rest) = at < 0 ? (null, text) : (text[..at], text[(at + 1)..]);
        var colon = rest.LastIndexOf(':');
        var hasPort = colon > 0 && (rest[colon - 1] == ']' || rest.IndexOf(':', StringComparison.Ordinal) == colon);
        var address = (hasPort ? rest[..colon] : rest).Trim('[', ']');
        var port = 22;
        if (address.Length == 0 || user?.Length == 0 || (hasPort && (!int.TryParse(rest[(colon + 1)..], out port) || port is < 1 or > 65535)))
        {
            throw reader.Fault(key, $"holds '{text}', which is no host: write \"web1.example.com\", \"deploy@web1.example.com\" or \"deploy@web1.example.com:2222\".");
        }

        return new SshHost(address) { User = user, Port = port };
    }

    private static string FullPath(string path) => Path.GetFullPath(path.StartsWith("~/", StringComparison.Ordinal)
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), path[2..])
        : path);
}
