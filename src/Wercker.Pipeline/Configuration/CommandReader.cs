using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Configuration;

/// <summary>Reads commands in every shape that wercker.json knows.</summary>
internal sealed class CommandReader(ConfigReading reading)
{
    private const string PhaseAdvice = "Write \"command\", or a list [\"command\", {\"cmd\": \"command\", \"log\": false}], or named steps {\"name\": [\"command\"]}.";
    private const string StepAdvice = "Write \"command\", or [\"command\"], or {\"commands\": [\"command\"]}, or false to skip the step.";
    private const string ItemAdvice = "Write \"command\", or {\"cmd\": \"command\"} with \"log\": false or \"runAlways\": true.";

    /// <summary>Reads commands in any shape that wercker.json knows, for options of targets that hold commands.</summary>
    /// <param name="node">The commands: a string, a list, or a map of named steps.</param>
    /// <param name="keyPath">Where they stand, for messages: "wercker.json:4:5: targets.production.rollback".</param>
    /// <exception cref="ConfigurationException">They have a wrong type; the message names the key path.</exception>
    public static IReadOnlyList<WerckerCommand> Read(JsonNode? node, string keyPath)
    {
        // "Wercker:Targets:NAME" has colons and no blank; a place in a file has blanks behind its colons.
        var colons = keyPath.StartsWith(TargetConfiguration.Section, StringComparison.OrdinalIgnoreCase);
        var path = KeyPath.StartingAt(keyPath, colons);
        return new CommandReader(ConfigReading.WithoutFile).ReadPhase(ConfigNode.FromJson(node, path), path);
    }

    /// <summary>Reads a phase: a command, a list of commands, or a map of named steps.</summary>
    public IReadOnlyList<WerckerCommand> ReadPhase(ConfigNode node, KeyPath path)
    {
        var commands = new List<WerckerCommand>();
        switch (node.Kind)
        {
            case ConfigNodeKind.Boolean when node.Text == "false":
                reading.Warn(node.Offset, path, "is switched off with false: nothing is run");
                break;
            case ConfigNodeKind.Object when !IsSingle(node):
                ReadSteps(node, path, commands);
                break;
            default:
                ReadGroup(node, path, null, PhaseAdvice, commands);
                break;
        }

        return commands;
    }

    /// <summary>Reads "custom steps": a map of named steps, or a list of commands.</summary>
    public IReadOnlyList<WerckerCommand> ReadCustomSteps(ConfigNode node, KeyPath path)
    {
        var commands = new List<WerckerCommand>();
        if (node.Kind == ConfigNodeKind.Object)
        {
            ReadSteps(node, path, commands);
        }
        else
        {
            ReadGroup(node, path, null, PhaseAdvice, commands);
        }

        return commands;
    }

    /// <summary>{"cmd": ...} and {"commands": [...]} are one command and one list, not steps of these names.</summary>
    private static bool IsSingle(ConfigNode node) =>
        node.Members.Any(member => KnownKeys.Command.Find(member.Key)?.Name == KnownKeys.Cmd || KnownKeys.Step.Find(member.Key)?.Name == KnownKeys.Commands);

    private void ReadSteps(ConfigNode node, KeyPath path, List<WerckerCommand> commands)
    {
        foreach (var member in node.Members)
        {
            var stepPath = path.Member(member.Key);
            if (member.Value is { Kind: ConfigNodeKind.Boolean, Text: "false" })
            {
                continue;
            }

            ReadGroup(member.Value, stepPath, member.Key, StepAdvice, commands);
        }
    }

    private void ReadGroup(ConfigNode node, KeyPath path, string? group, string advice, List<WerckerCommand> commands)
    {
        switch (node.Kind)
        {
            case ConfigNodeKind.String:
                Add(node, path, new WerckerCommand(reading.Text(node, path, ItemAdvice)) { Group = group }, commands);
                break;
            case ConfigNodeKind.Array:
                for (var i = 0; i < node.Items.Count; i++)
                {
                    ReadItem(node.Items[i], path.Item(i), group, commands);
                }

                break;
            case ConfigNodeKind.Object when node.Members.Any(member => KnownKeys.Command.Find(member.Key)?.Name == KnownKeys.Cmd):
                ReadItem(node, path, group, commands);
                break;
            case ConfigNodeKind.Object:
                ReadLongForm(node, path, group, commands);
                break;
            default:
                throw reading.WrongType(node, path, "commands", advice);
        }
    }

    private void ReadLongForm(ConfigNode node, KeyPath path, string? group, List<WerckerCommand> commands)
    {
        var known = reading.Sort(node.Members, KnownKeys.Step, path, member => reading.WarnUnknown(member, KnownKeys.Step, path));
        ConfigMember? list = null;
        var (hidden, runAlways) = (false, false);
        foreach (var (key, member) in known)
        {
            var memberPath = path.Member(member.Key);
            switch (key.Name)
            {
                case KnownKeys.Commands:
                    list = member;
                    break;
                case KnownKeys.Log:
                    hidden = !reading.Flag(member.Value, memberPath);
                    break;
                case KnownKeys.RunAlways:
                    runAlways = reading.Flag(member.Value, memberPath);
                    break;
            }
        }

        if (list is null)
        {
            throw reading.Fault(node, path, "\"commands\" is missing", StepAdvice);
        }

        var listPath = path.Member(list.Key);
        if (list.Value.Kind is not (ConfigNodeKind.String or ConfigNodeKind.Array))
        {
            throw reading.WrongType(list.Value, listPath, "a string or a list of commands", "Write [\"command\", \"command\"].");
        }

        var first = commands.Count;
        ReadGroup(list.Value, listPath, group, StepAdvice, commands);
        for (var i = first; i < commands.Count; i++)
        {
            commands[i] = commands[i] with { Hidden = commands[i].Hidden || hidden, RunAlways = commands[i].RunAlways || runAlways };
        }
    }

    private void ReadItem(ConfigNode node, KeyPath path, string? group, List<WerckerCommand> commands)
    {
        if (node.Kind == ConfigNodeKind.String)
        {
            Add(node, path, new WerckerCommand(reading.Text(node, path, ItemAdvice)) { Group = group }, commands);
            return;
        }

        if (node.Kind != ConfigNodeKind.Object)
        {
            throw reading.WrongType(node, path, "a command", ItemAdvice);
        }

        var known = reading.Sort(node.Members, KnownKeys.Command, path, member => reading.WarnUnknown(member, KnownKeys.Command, path));
        var command = new WerckerCommand(string.Empty) { Group = group };
        ConfigNode? text = null;
        foreach (var (key, member) in known)
        {
            var memberPath = path.Member(member.Key);
            switch (key.Name)
            {
                case KnownKeys.Cmd:
                    text = member.Value;
                    command = command with { Text = reading.Text(text, memberPath, "Write one command; a list of commands is a list of {\"cmd\": \"command\"}.") };
                    break;
                case KnownKeys.Log:
                    command = command with { Hidden = !reading.Flag(member.Value, memberPath) };
                    break;
                case KnownKeys.RunAlways:
                    command = command with { RunAlways = reading.Flag(member.Value, memberPath) };
                    break;
            }
        }

        if (text is null)
        {
            throw reading.Fault(node, path, "\"cmd\" is missing", ItemAdvice);
        }

        Add(node, path, command, commands);
    }

    private void Add(ConfigNode node, KeyPath path, WerckerCommand command, List<WerckerCommand> commands)
    {
        if (string.IsNullOrWhiteSpace(command.Text))
        {
            reading.Warn(node.Offset, path, "is an empty command, left out");
            return;
        }

        commands.Add(command with { Line = reading.LineOf(node) });
    }
}
