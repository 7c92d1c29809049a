using System.Text.Json;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Dashboard.Targets;

/// <summary>Turns the settings of a target into lines for people. Settings name secrets by their variables; what might hold one all the same is not shown.</summary>
internal static class TargetListing
{
    private const string PrivateEnding = "_PRIVATE";

    // By the last word of a key. "key" alone is the metrics key, which is no secret: it stands in every name.
    private static readonly string[] Secretive = ["token", "secret", "password", "passwd", "passphrase", "apikey", "api-key", "privatekey", "private-key", "credential", "credentials", "slack", "teams"];

    public static void AddTo(DashboardTarget target, TargetSettings settings)
    {
        target.Provider ??= settings.Provider;
        Describe(target, settings);
        foreach (var name in settings.Secrets)
        {
            target.AddSecret(name);
        }

        foreach (var (name, value) in settings.Variables)
        {
            target.AddSetting($"variables.{name}", name.EndsWith(PrivateEnding, StringComparison.Ordinal) || settings.Secrets.Contains(name) ? Secret.Mask : value);
        }

        Add(target, string.Empty, settings.Options);
        Add(target, "http-test", settings.HttpTest);
        Add(target, "log-test", settings.LogTest);
        Add(target, "metrics-test", settings.MetricsTest);
        Add(target, "decisions", settings.Decisions);
        Add(target, "notifications", settings.Notifications);
        Add(target, "sandbox", settings.Sandbox);
    }

    /// <summary>What people look for first: where the log is and what it is asked, where the metrics are and what they begin with.</summary>
    private static void Describe(DashboardTarget target, TargetSettings settings)
    {
        var log = Member(settings.LogTest, "source") as JsonObject;
        target.LogSource ??= Joined(Text(log, "provider"), Text(log, "domain") ?? Text(log, "app") ?? Text(log, "url") ?? Text(log, "path"));
        target.LogQuery ??= Text(settings.LogTest, "query");
        var metrics = Member(settings.MetricsTest, "source") as JsonObject;
        target.MetricsServer ??= Joined(Text(metrics, "provider"), Text(metrics, "url")) ?? Text(settings.MetricsTest, "url");
        target.MetricsKey ??= Text(settings.MetricsTest, "key");
    }

    private static void Add(DashboardTarget target, string path, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members)
                {
                    Add(target, path.Length == 0 ? name : $"{path}.{name}", value);
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    Add(target, $"{path}[{i}]", items[i]);
                }

                break;
            case JsonValue value when IsSecretive(path):
                // The setting names a variable; whatever else stands there is not shown.
                target.AddSecret(value.TryGetValue<string>(out var variable) && IsVariable(variable) ? $"{variable} ({path})" : path);
                break;
            case JsonValue value:
                target.AddSetting(path, value.TryGetValue<string>(out var text) ? WithoutUser(text) : value.ToJsonString());
                break;
        }
    }

    private static bool IsSecretive(string path)
    {
        var last = path[(path.LastIndexOf('.') + 1)..];
        return Secretive.Any(word => last.EndsWith(word, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsVariable(string name) => name.Length is > 0 and <= 64 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    /// <summary>An address without the user and password that somebody may have put into it.</summary>
    private static string WithoutUser(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length > 0
        ? text.Replace($"{url.UserInfo}@", $"{Secret.Mask}@", StringComparison.Ordinal)
        : text;

    private static JsonNode? Member(JsonObject? settings, string name) => settings?.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private static string? Text(JsonObject? settings, string name) =>
        Member(settings, name) is JsonValue value && value.GetValueKind() == JsonValueKind.String ? WithoutUser(value.GetValue<string>()) : null;

    private static string? Joined(string? provider, string? place) => (provider, place) switch
    {
        (null, _) => place,
        (_, null) => provider,
        _ => $"{provider}, {place}",
    };
}
