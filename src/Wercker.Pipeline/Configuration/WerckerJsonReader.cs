using System.Globalization;

namespace Wercker.Pipeline.Configuration;

/// <summary>Turns the nodes of a wercker.json into its meaning.</summary>
internal sealed class WerckerJsonReader
{
    private const int LongestMinutes = 60;
    private const string TextAdvice = "Write it in double quotes.";
    private readonly ConfigReading _reading;
    private readonly CommandReader _commands;
    private readonly TargetReader _targets;
    private readonly OrderedDictionary<string, bool> _toggles = new(StringComparer.Ordinal);

    private WerckerJsonReader(SourceText source, DiagnosticList warnings)
    {
        _reading = new ConfigReading(source, warnings);
        _commands = new CommandReader(_reading);
        _targets = new TargetReader(_reading);
    }

    public static WerckerConfig Read(SourceText source)
    {
        var warnings = new DiagnosticList(source);
        var root = JsonParser.Parse(source, warnings);
        var config = new WerckerJsonReader(source, warnings).ReadFile(root) with { File = source.File };
        return config with { Warnings = warnings.ToDiagnostics() };
    }

    private WerckerConfig ReadFile(ConfigNode root)
    {
        if (root.Kind != ConfigNodeKind.Object)
        {
            throw _reading.Fault(root, KeyPath.File, $"the file must hold an object {{ }}, but holds {root.Words}", "Put { } around \"key\": value pairs.");
        }

        var config = new WerckerConfig();
        foreach (var (key, member) in _reading.Sort(root.Members, KnownKeys.File, KeyPath.File, ReadOtherKey))
        {
            config = Apply(config, key, member.Value, KeyPath.File.Member(member.Key));
        }

        return config with
        {
            StepToggles = _toggles,
            PreDeploy = config.Limit(config.PreDeploy),
            Deploy = config.Limit(config.Deploy),
            PostDeploy = config.Limit(config.PostDeploy),
            PostDeployTest = config.Limit(config.PostDeployTest),
        };
    }

    private WerckerConfig Apply(WerckerConfig config, KnownKey key, ConfigNode node, KeyPath path)
    {
        switch (key.Name)
        {
            case KnownKeys.Language: return config with { Language = ReadText(node, path) };
            case KnownKeys.Version: return config with { Version = ReadText(node, path) };
            case KnownKeys.Root: return config with { Root = ReadRoot(node, path) };
            case KnownKeys.Box: return config with { Box = ReadText(node, path) };
            case KnownKeys.Packages: return config with { Packages = ReadPackages(node, path) };
            case KnownKeys.Services: return config with { Services = ReadServices(node, path) };
            case KnownKeys.CustomSteps: return config with { CustomSteps = _commands.ReadCustomSteps(node, path) };
            case KnownKeys.PreDeploy: return config with { PreDeploy = _commands.ReadPhase(node, path) };
            case KnownKeys.Deploy: return config with { Deploy = _commands.ReadPhase(node, path) };
            case KnownKeys.PostDeploy: return config with { PostDeploy = _commands.ReadPhase(node, path) };
            case KnownKeys.PostDeployTest: return config with { PostDeployTest = _commands.ReadPhase(node, path) };
            case KnownKeys.NoResponseTimeout: return config with { NoResponseTimeout = ReadMinutes(node, path) };
            case KnownKeys.CommandTimeout: return config with { CommandTimeout = ReadMinutes(node, path) };
            case KnownKeys.Targets: return config with { Targets = _targets.ReadAll(node, path) };
        }

        if (key.Shape == KeyShape.Commands)
        {
            // The phases of builds and of provisioning: checked, so that a mistake is found, and not kept.
            _ = _commands.ReadPhase(node, path);
        }

        return config;
    }

    private string? ReadText(ConfigNode node, KeyPath path)
    {
        if (node.Kind == ConfigNodeKind.Number)
        {
            _reading.Warn(node.Offset, path, $"is a number, read as \"{DisplayText.Clean(node.Text)}\"; write it in double quotes");
            return node.Text;
        }

        var text = _reading.Text(node, path, TextAdvice).Trim();
        if (text.Length > 0)
        {
            return text;
        }

        _reading.Warn(node.Offset, path, "is empty, ignored");
        return null;
    }

    private string? ReadRoot(ConfigNode node, KeyPath path)
    {
        var text = _reading.Text(node, path, TextAdvice).Trim();
        var parts = text.Split('/').Where(part => part is not ("" or ".")).ToArray();
        if (text.StartsWith('/') || parts.Contains(".."))
        {
            throw _reading.Fault(node, path, "must be a directory inside the project", "Write a relative path without .., \"src\" for example.");
        }

        return parts.Length == 0 ? null : string.Join('/', parts);
    }

    private List<string> ReadPackages(ConfigNode node, KeyPath path)
    {
        const string Advice = "Write a list of package names, [\"imagemagick\"].";
        var packages = new List<string>();
        var items = _reading.List(node, path, "a list of package names", Advice);
        for (var i = 0; i < items.Count; i++)
        {
            var name = _reading.Text(items[i], path.Item(i), Advice);
            if (name.Length == 0 || name.StartsWith('-') || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            {
                throw _reading.Fault(items[i], path.Item(i), "is not a name of a package", Advice);
            }

            packages.Add(name);
        }

        return packages;
    }

    private List<string> ReadServices(ConfigNode node, KeyPath path)
    {
        const string Advice = "Write {\"postgresql\": true}.";
        switch (node.Kind)
        {
            case ConfigNodeKind.String:
                return [_reading.Text(node, path, Advice)];
            case ConfigNodeKind.Array:
                return [.. node.Items.Select((item, index) => _reading.Text(item, path.Item(index), Advice))];
            case ConfigNodeKind.Object:
                return [.. node.Members.Where(member => IsEnabled(member.Value, path.Member(member.Key))).Select(member => member.Key)];
            default:
                throw _reading.WrongType(node, path, "an object of services", Advice);
        }
    }

    private bool IsEnabled(ConfigNode node, KeyPath path) => node.Kind switch
    {
        ConfigNodeKind.Boolean => node.Text == "true",
        ConfigNodeKind.Object => !IsFlag(node, "enabled", "false") && !IsFlag(node, "ignore", "true"),
        _ => throw _reading.WrongType(node, path, "true or false", "Write true or false, without quotes."),
    };

    private static bool IsFlag(ConfigNode node, string key, string text) =>
        node.Members.Any(member => member.Key == key && member.Value.Kind == ConfigNodeKind.Boolean && member.Value.Text == text);

    private TimeSpan ReadMinutes(ConfigNode node, KeyPath path)
    {
        const string Advice = "Write minutes from 1 to 60 as a whole number, without quotes.";
        if (node.Kind != ConfigNodeKind.Number)
        {
            throw _reading.WrongType(node, path, "a number of minutes", Advice);
        }

        if (!decimal.TryParse(node.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes))
        {
            minutes = node.Text.StartsWith('-') ? decimal.MinValue : decimal.MaxValue;
        }

        if (minutes < 1 || decimal.Truncate(minutes) != minutes)
        {
            throw _reading.Fault(node, path, $"is {DisplayText.Clean(node.Text)} minutes", Advice);
        }

        if (minutes > LongestMinutes)
        {
            _reading.Warn(node.Offset, path, $"is {DisplayText.Clean(node.Text)} minutes; 60 is the most and is used");
        }

        return TimeSpan.FromMinutes((double)Math.Min(minutes, LongestMinutes));
    }

    /// <summary>A built-in step to switch off, a key of 2012, or a mistake: never a fault, and never taken for the key it resembles.</summary>
    private void ReadOtherKey(ConfigMember member)
    {
        var path = KeyPath.File.Member(member.Key);
        if (KnownKeys.Obsolete.Contains(member.Key))
        {
            _reading.Warn(member.KeyOffset, path, "has meant nothing since 2012, ignored; delete it");
        }
        else if (!KnownKeys.Steps.Contains(member.Key))
        {
            WarnUnknown(member, path);
        }
        else if (member.Value.Kind is ConfigNodeKind.Boolean or ConfigNodeKind.Object)
        {
            _toggles[member.Key] = IsEnabled(member.Value, path);
        }
        else
        {
            _reading.Warn(
                member.KeyOffset, path, $"is a built-in step and can only be switched off with false, ignored; commands of your own belong to \"{KnownKeys.CustomSteps}\"");
        }
    }

    private void WarnUnknown(ConfigMember member, KeyPath path)
    {
        if (_reading.HasEnoughWarnings)
        {
            _reading.Warn(member.KeyOffset, path, "unknown key, ignored");
            return;
        }

        var isToggle = member.Value.Kind is ConfigNodeKind.Boolean or ConfigNodeKind.Object;
        if (isToggle && KnownKeys.StepNames.Find(member.Key) is { } step)
        {
            _reading.Warn(member.KeyOffset, path, $"step names count as written, ignored; write \"{step.Name}\"");
        }
        else if (member.Value.Kind == ConfigNodeKind.Boolean && KnownKeys.StepNames.Nearest(member.Key) is { } nearest)
        {
            _reading.Warn(member.KeyOffset, path, $"unknown step, ignored; did you mean \"{nearest}\"?");
        }
        else if (member.Value.Kind != ConfigNodeKind.Boolean && KnownKeys.File.Nearest(member.Key) is null)
        {
            _reading.Warn(member.KeyOffset, path, $"unknown key, ignored; commands of your own belong to \"{KnownKeys.CustomSteps}\"");
        }
        else
        {
            _reading.WarnUnknown(member, KnownKeys.File, KeyPath.File);
        }
    }
}
