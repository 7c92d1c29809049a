using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads the settings of deploy targets, of a file and of IConfiguration alike.</summary>
internal sealed class TargetReader(ConfigReading reading)
{
    private const string NameAdvice = "Use up to 100 letters, digits, spaces and - _ . in the name of a target.";
    private const string VariablesAdvice = "Write {\"NAME\": \"value\"}.";
    private const string SecretsAdvice = "Write the names of environment variables, [\"API_KEY\"]; their values are read from the caller's environment.";
    private const string NameOfVariableAdvice = "Use letters, digits and _, and do not begin with a digit.";

    public OrderedDictionary<string, TargetSettings> ReadAll(ConfigNode node, KeyPath path)
    {
        var targets = new OrderedDictionary<string, TargetSettings>(StringComparer.Ordinal);
        foreach (var member in reading.Members(node, path, "an object of targets by name", "Write {\"production\": {\"provider\": \"custom\"}}."))
        {
            targets[member.Key] = Read(member, path.Member(member.Key));
        }

        return targets;
    }

    public TargetSettings Read(ConfigMember target, KeyPath path)
    {
        if (string.IsNullOrWhiteSpace(target.Key) || target.Key.Length > 100 || target.Key.Any(c => char.IsControl(c) || c is '/' or '\\' or ':'))
        {
            throw reading.FaultAt(target.KeyOffset, path, "is not a name of a target", NameAdvice);
        }

        var options = new JsonObject();
        var members = reading.Members(target.Value, path, "an object of settings", "Write {\"provider\": \"custom\"}.");
        var known = reading.Sort(members, KnownKeys.Target, path, member => options[member.Key] = member.Value.ToJson());
        var places = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var settings = new TargetSettings { Name = target.Key, Location = reading.Locate(target, path), Options = options, Places = places };
        foreach (var (key, member) in known)
        {
            var (node, memberPath) = (member.Value, path.Member(member.Key));
            settings = key.Name switch
            {
                KnownKeys.Provider => settings with { Provider = ReadProvider(node, memberPath) },
                KnownKeys.Variables => settings with { Variables = ReadVariables(node, memberPath) },
                KnownKeys.Secrets => settings with { Secrets = ReadSecrets(node, memberPath) },
                KnownKeys.Sandbox => settings with { Sandbox = ReadMap(node, memberPath) },
                KnownKeys.HttpTest => settings with { HttpTest = ReadTest(node, memberPath, $"{path}.httpTest", places) },
                KnownKeys.LogTest => settings with { LogTest = ReadTest(node, memberPath, $"{path}.logTest", places) },
                KnownKeys.Decisions => settings with { Decisions = ReadMap(node, memberPath) },
                KnownKeys.Notifications => settings with { Notifications = ReadMap(node, memberPath) },
                _ => settings with { MetricsTest = ReadTest(node, memberPath, $"{path}.metricsTest", places) },
            };
        }

        WarnOfOpenSecrets(settings, known, path);
        return settings;
    }

    private string ReadProvider(ConfigNode node, KeyPath path)
    {
        var provider = reading.Text(node, path, "Write the provider's word, \"custom\" or \"heroku\".").Trim();
        return provider.Length > 0 ? provider : throw reading.Fault(node, path, "is empty", "Write the provider's word, \"custom\" or \"heroku\", or delete the key.");
    }

    private OrderedDictionary<string, string> ReadVariables(ConfigNode node, KeyPath path)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in reading.Members(node, path, "an object of environment variables", VariablesAdvice))
        {
            var (value, valuePath) = (member.Value, path.Member(member.Key));
            if (!DeployEnvironment.IsName(member.Key))
            {
                throw reading.FaultAt(member.KeyOffset, valuePath, "is not a name of an environment variable", NameOfVariableAdvice);
            }

            variables[member.Key] = value.Kind is ConfigNodeKind.Number or ConfigNodeKind.Boolean
                ? value.Text
                : value.Kind == ConfigNodeKind.String ? reading.Text(value, valuePath, VariablesAdvice)
                : throw reading.WrongType(value, valuePath, "a string, a number, true or false", VariablesAdvice);
        }

        return variables;
    }

    private List<string> ReadSecrets(ConfigNode node, KeyPath path)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var items = reading.List(node, path, "a list of names of environment variables", SecretsAdvice);
        for (var i = 0; i < items.Count; i++)
        {
            var name = reading.Text(items[i], path.Item(i), SecretsAdvice);
            if (!DeployEnvironment.IsName(name))
            {
                // The text is not shown: somebody may have written the secret itself here.
                throw reading.FaultAt(
                    items[i].Offset, path.Item(i), "is not a name of an environment variable", $"{NameOfVariableAdvice} {SecretsAdvice}", showLine: false);
            }

            names.Add(name);
        }

        return [.. names];
    }

    private JsonObject ReadMap(ConfigNode node, KeyPath path)
    {
        _ = reading.Members(node, path, "an object of settings", "Write {\"key\": \"value\"}.");
        return node.ToJsonObject();
    }

    /// <summary>The settings of a test, and where each of them stands: who reads them later knows only their key paths.</summary>
    private JsonObject ReadTest(ConfigNode node, KeyPath path, string location, Dictionary<string, string> places)
    {
        var settings = ReadMap(node, path);
        reading.AddPlaces(node, location, places);
        return settings;
    }

    private void WarnOfOpenSecrets(TargetSettings settings, Dictionary<KnownKey, ConfigMember> known, KeyPath path)
    {
        var variables = known.FirstOrDefault(pair => pair.Key.Name == KnownKeys.Variables).Value;
        var secrets = settings.Secrets.ToHashSet(StringComparer.Ordinal);
        foreach (var member in variables?.Value.Members.Where(member => secrets.Contains(member.Key)) ?? [])
        {
            reading.Warn(
                member.KeyOffset,
                path.Member(variables!.Key).Member(member.Key),
                "is in \"secrets\" too; a value that stands in this file is not secret, delete one of the two");
        }
    }
}
