namespace Wercker.Pipeline.Configuration;

/// <summary>What the readers of single settings share: where faults point to, where warnings go, and the checks of types.</summary>
internal sealed class ConfigReading(SourceText? source, DiagnosticList? warnings)
{
    /// <summary>For settings that stand in no file.</summary>
    public static ConfigReading WithoutFile { get; } = new(null, null);

    /// <summary>True when nobody will read a further warning: then it need not be clever.</summary>
    public bool HasEnoughWarnings => warnings is not { IsFull: false };

    /// <summary>The line of a value, from 1; 0 when it stands in no file.</summary>
    public int LineOf(ConfigNode node) => source is null || node.IsLoose ? 0 : source.LineOf(node.Offset);

    /// <summary>Where a target's settings stand, as the beginning of messages.</summary>
    public string Locate(ConfigMember member, KeyPath path)
    {
        if (source is null)
        {
            return path.ToString();
        }

        var (line, column) = source.Locate(member.KeyOffset);
        return $"{source.File}:{line}:{column}: {path}";
    }

    /// <summary>Notes where the settings in a value stand, by their key paths.</summary>
    public void AddPlaces(ConfigNode node, string path, Dictionary<string, string> places)
    {
        foreach (var member in node.Members.Where(member => source is not null && member.KeyOffset != ConfigNode.Nowhere))
        {
            var (line, column) = source!.Locate(member.KeyOffset);
            places[$"{path}.{member.Key}"] = $"{source.File}:{line}:{column}";
            AddPlaces(member.Value, $"{path}.{member.Key}", places);
        }

        foreach (var (index, item) in node.Items.Index())
        {
            AddPlaces(item, $"{path}[{index}]", places);
        }
    }

    public ConfigurationException Fault(ConfigNode node, KeyPath path, string reason, string advice) => FaultAt(node.Offset, path, reason, advice);

    public ConfigurationException FaultAt(int offset, KeyPath path, string reason, string advice, bool showLine = true)
    {
        var name = path.ToString();
        return source is not null && offset != ConfigNode.Nowhere
            ? source.Fault(offset, reason, advice, name.Length > 0 ? name : null, showLine)
            : new ConfigurationException($"{name}: {reason}. {advice}") { KeyPath = name };
    }

    public ConfigurationException WrongType(ConfigNode node, KeyPath path, string expected, string advice) =>
        Fault(node, path, $"must be {expected}, but is {node.Words}", advice);

    public void Warn(int offset, KeyPath path, string message) => warnings?.Add(offset, path, message);

    public string Text(ConfigNode node, KeyPath path, string advice)
    {
        if (node.Kind != ConfigNodeKind.String)
        {
            throw WrongType(node, path, "a string", advice);
        }

        return node.Text.Contains('\0', StringComparison.Ordinal)
            ? throw Fault(node, path, "holds a NUL character, which no command and no environment can carry", "Delete the \\u0000.")
            : node.Text;
    }

    public bool Flag(ConfigNode node, KeyPath path) => node.Kind switch
    {
        ConfigNodeKind.Boolean => node.Text == "true",
        ConfigNodeKind.String when node.IsLoose && bool.TryParse(node.Text, out var value) => value,
        _ => throw WrongType(node, path, "true or false", "Write true or false, without quotes."),
    };

    public IReadOnlyList<ConfigNode> List(ConfigNode node, KeyPath path, string expected, string advice) => node switch
    {
        { Kind: ConfigNodeKind.Array } => node.Items,

        // IConfiguration has no other way to say "an empty list".
        { IsLoose: true, Kind: ConfigNodeKind.String, Text: "" } or { IsLoose: true, Kind: ConfigNodeKind.Null } => [],
        _ => throw WrongType(node, path, expected, advice),
    };

    public IReadOnlyList<ConfigMember> Members(ConfigNode node, KeyPath path, string expected, string advice) => node switch
    {
        { Kind: ConfigNodeKind.Object } => node.Members,
        { IsLoose: true, Kind: ConfigNodeKind.String, Text: "" } or { IsLoose: true, Kind: ConfigNodeKind.Null } => [],
        _ => throw WrongType(node, path, expected, advice),
    };

    /// <summary>Sorts the members of an object by known key. Of two spellings the canonical one counts, else the last.</summary>
    public Dictionary<KnownKey, ConfigMember> Sort(IReadOnlyList<ConfigMember> members, KeyTable table, KeyPath path, Action<ConfigMember> unknown)
    {
        var known = new Dictionary<KnownKey, ConfigMember>();
        foreach (var member in members)
        {
            if (table.Find(member.Key) is not { } key)
            {
                unknown(member);
                continue;
            }

            if (known.TryGetValue(key, out var earlier))
            {
                var (winner, loser) = earlier.Key == key.Name ? (earlier, member) : (member, earlier);
                Warn(
                    loser.KeyOffset,
                    path.Member(loser.Key),
                    $"is another spelling of {DisplayText.Quote(winner.Key)}, which stands in this file too; only {DisplayText.Quote(winner.Key)} counts");
                known[key] = winner;
            }
            else
            {
                known.Add(key, member);
            }
        }

        return known;
    }

    public void WarnUnknown(ConfigMember member, KeyTable table, KeyPath path)
    {
        if (warnings is not null)
        {
            var nearest = HasEnoughWarnings ? null : table.Nearest(member.Key);
            var question = nearest is null ? string.Empty : $"; did you mean {DisplayText.Quote(nearest)}?";
            Warn(member.KeyOffset, path.Member(member.Key), $"unknown key, ignored{question}");
        }
    }
}
