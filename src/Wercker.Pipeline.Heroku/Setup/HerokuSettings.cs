using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
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
        if (settings.Options.Select(pair => pair.Key).FirstOrDefault(key => !Known.Contains(key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw Fault(unknown, $"is no setting of a Heroku target. Known: {string.Join(", ", Known)}.");
        }

        var defaults = new HerokuOptions();
        var options = new HerokuOptions
        {
            App = Text("app"),
            User = Text("user"),
            Transport = Choice("transport", defaults.Transport, ("https", HerokuTransport.Https), ("build-api", HerokuTransport.BuildApi), ("ssh", HerokuTransport.Ssh)),
            Branch = Text("branch") ?? defaults.Branch,
            KeepRepository = Flag("keepRepository"),
            ForceEmptyCommit = Flag("forceEmptyCommit"),
            ApiUrl = Url("apiUrl") ?? defaults.ApiUrl,
            GitUrl = Text("gitUrl"),
            CaFile = Text("caFile") is { } authorities ? Path.GetFullPath(authorities) : null,
            KnownHostsFile = Text("knownHostsFile") is { } hosts ? Path.GetFullPath(hosts) : null,
            SshKeyType = Choice("sshKeyType", defaults.SshKeyType, ("ed25519", HerokuSshKeyType.Ed25519), ("rsa", HerokuSshKeyType.Rsa)),
            DetachedCommands = Flag("detachedCommands"),
            CommandVariables = List("commandVariables"),
            CommandDynoSize = Text("commandDynoSize"),
            BuildTimeout = Time("buildTimeoutSeconds", defaults.BuildTimeout),
            ReleaseTimeout = Time("releaseTimeoutSeconds", defaults.ReleaseTimeout),
            DynoTimeout = Time("dynoTimeoutSeconds", defaults.DynoTimeout),
            DynoSettleTime = Time("dynoSettleSeconds", defaults.DynoSettleTime, mayBeZero: true),
            RateLimitPatience = Time("rateLimitPatienceSeconds", defaults.RateLimitPatience, mayBeZero: true),
        };
        if (options.Transport == HerokuTransport.BuildApi && (options.KeepRepository || options.ForceEmptyCommit))
        {
            throw Fault(options.KeepRepository ? "keepRepository" : "forceEmptyCommit", "means nothing to the transport \"build-api\", which knows no commits. Delete it, or use \"https\".");
        }

        return options;
    }

    private JsonNode? Node(string key) => settings.Options.FirstOrDefault(pair => pair.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Value;

    private string? Text(string key) => Node(key) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>() is { } text && !string.IsNullOrWhiteSpace(text)
            ? text.Trim()
            : throw Fault(key, "is empty. Write a value or delete the key."),
        _ => throw Fault(key, "must be a string."),
    };

    private bool Flag(string key) => Node(key) switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.String && bool.TryParse(value.GetValue<string>(), out var flag) => flag,
        _ => throw Fault(key, "must be true or false."),
    };

    private TimeSpan Time(string key, TimeSpan otherwise, bool mayBeZero = false)
    {
        if (Node(key) is not { } node)
        {
            return otherwise;
        }

        var isNumber = double.TryParse(
            node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds);
        return isNumber && seconds <= 86400 && (mayBeZero ? seconds >= 0 : seconds > 0)
            ? TimeSpan.FromSeconds(seconds)
            : throw Fault(key, $"must be a number of seconds {(mayBeZero ? "from 0" : "above 0")} up to 86400.");
    }

    private Uri? Url(string key) => Text(key) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0
            ? url
            : throw Fault(key, "must be an https:// address without a user or key in it.");

    private T Choice<T>(string key, T otherwise, params (string Word, T Value)[] choices) => Text(key) is not { } text ? otherwise
        : choices.FirstOrDefault(choice => choice.Word.Equals(text, StringComparison.OrdinalIgnoreCase)) is { Word: not null } found
            ? found.Value
            : throw Fault(key, $"is '{text}'; it must be {string.Join(" or ", choices.Select(choice => $"\"{choice.Word}\""))}.");

    private string[] List(string key) => Node(key) switch
    {
        null => [],
        JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.String) => [.. items.Select(item => item!.GetValue<string>())],
        _ => throw Fault(key, "must be a list of names of variables."),
    };

    private ConfigurationException Fault(string key, string what) => new($"{settings.Location}.{key} {what}") { KeyPath = key };
}
