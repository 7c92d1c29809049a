using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads deploy targets from IConfiguration: Wercker:Targets:NAME has the same keys as targets.NAME in wercker.json.</summary>
internal static class TargetConfiguration
{
    internal const string Section = "Wercker:Targets";

    /// <summary>Reads all targets.</summary>
    /// <param name="configuration">Holds Wercker:Targets; lists are keys 0, 1, 2.</param>
    /// <returns>The targets by name; empty when there are none.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message has its key path, "Wercker:Targets:production:variables".</exception>
    public static IReadOnlyDictionary<string, TargetSettings> Read(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return ReadAll(ToNode(configuration));
    }

    /// <summary>Lays the targets of IConfiguration over those of wercker.json: what IConfiguration says wins, setting by setting.</summary>
    /// <remarks>Names of targets are compared without case when no exact one is found, because keys of IConfiguration have none. Objects are merged, lists are replaced.</remarks>
    /// <param name="targets">The targets of wercker.json.</param>
    /// <param name="configuration">Holds Wercker:Targets.</param>
    /// <returns>All targets: first those of the file, in its order.</returns>
    /// <exception cref="ConfigurationException">A setting of IConfiguration is wrong; the message has its key path.</exception>
    public static IReadOnlyDictionary<string, TargetSettings> Merge(IReadOnlyDictionary<string, TargetSettings> targets, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(configuration);
        var node = ToNode(configuration);
        var merged = new OrderedDictionary<string, TargetSettings>(targets, StringComparer.Ordinal);
        foreach (var (name, over) in ReadAll(node))
        {
            var given = node.Members.First(member => member.Key == name).Value.Members;
            var existing = targets.ContainsKey(name) ? name : targets.Keys.FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase));
            merged[existing ?? name] = existing is null ? over : Merge(targets[existing], over, given);
        }

        return merged;
    }

    private static TargetSettings Merge(TargetSettings under, TargetSettings over, IReadOnlyList<ConfigMember> given)
    {
        var keys = given.Select(member => KnownKeys.Target.Find(member.Key)?.Name).ToHashSet();
        var variables = new OrderedDictionary<string, string>(under.Variables, StringComparer.Ordinal);
        foreach (var (name, value) in over.Variables)
        {
            variables[name] = value;
        }

        return under with
        {
            Provider = keys.Contains(KnownKeys.Provider) ? over.Provider : under.Provider,
            Variables = variables,
            Secrets = keys.Contains(KnownKeys.Secrets) ? over.Secrets : under.Secrets,
            Sandbox = Merge(under.Sandbox, over.Sandbox),
            HttpTest = Merge(under.HttpTest, over.HttpTest),
            LogTest = Merge(under.LogTest, over.LogTest),
            MetricsTest = Merge(under.MetricsTest, over.MetricsTest),
            Decisions = Merge(under.Decisions, over.Decisions),
            Notifications = Merge(under.Notifications, over.Notifications),
            Options = Merge(under.Options, over.Options)!,
        };
    }

    private static JsonObject? Merge(JsonObject? under, JsonObject? over)
    {
        if (under is null || over is null)
        {
            return (over ?? under)?.DeepClone().AsObject();
        }

        var merged = under.DeepClone().AsObject();
        foreach (var (name, value) in over)
        {
            var key = merged.ContainsKey(name)
                ? name
                : merged.Select(pair => pair.Key).FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;
            merged[key] = merged[key] is JsonObject inner && value is JsonObject outer ? Merge(inner, outer) : value?.DeepClone();
        }

        return merged;
    }

    private static OrderedDictionary<string, TargetSettings> ReadAll(ConfigNode node) =>
        new TargetReader(ConfigReading.WithoutFile).ReadAll(node, KeyPath.StartingAt(Section, colons: true));

    /// <summary>The targets are a map even when their names are numbers.</summary>
    private static ConfigNode ToNode(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var children = section.GetChildren().ToList();
        return children.Count == 0 && section.Value is not null ? Scalar(section.Value) : ToMap(children, 1);
    }

    private static ConfigNode ToNode(IConfigurationSection section, int depth)
    {
        if (depth > JsonParser.MaximumDepth)
        {
            throw new ConfigurationException($"{section.Path}: nested deeper than {JsonParser.MaximumDepth} levels. Flatten it.") { KeyPath = section.Path };
        }

        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            return section.Value is null ? new ConfigNode { Kind = ConfigNodeKind.Null, Text = "null" } : Scalar(section.Value);
        }

        // A target is always a map; a list may begin below it.
        return depth > 2 && children.All(child => IsIndex(child.Key))
            ? new ConfigNode
            {
                Kind = ConfigNodeKind.Array,
                Items = [.. children.OrderBy(child => int.Parse(child.Key, CultureInfo.InvariantCulture)).Select(child => ToNode(child, depth + 1))],
            }
            : ToMap(children, depth);
    }

    private static ConfigNode ToMap(List<IConfigurationSection> children, int depth) => new()
    {
        Kind = ConfigNodeKind.Object,
        Members = [.. children.Select(child => new ConfigMember(child.Key, ConfigNode.Nowhere, ToNode(child, depth + 1)))],
    };

    private static ConfigNode Scalar(string text) => new() { Kind = ConfigNodeKind.String, Text = text };

    private static bool IsIndex(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
