using System.Collections;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Finds the deploy target that is meant, in wercker.json, appsettings.json beside it, and the environment.</summary>
internal static class TargetChoice
{
    private const string VariablePrefix = "Wercker__";
    private const string Implicit = "custom";

    public static TargetSettings Choose(WerckerConfig config, string directory, string? name)
    {
        var targets = Read(config, directory);
        return (name, targets.Count) switch
        {
            (null, 0) => new TargetSettings { Name = Implicit },
            (null, 1) => targets.Values.First(),
            (null, _) => throw new ConfigurationException($"There are several targets, say which one with --target: {string.Join(", ", targets.Keys)}."),
            _ when targets.TryGetValue(name, out var exact) => exact,
            (Implicit, 0) => new TargetSettings { Name = Implicit },
            _ => throw new ConfigurationException(targets.Count > 0
                ? $"There is no target '{name}'. Known: {string.Join(", ", targets.Keys)}."
                : $"There is no target '{name}': {config.File} has no \"targets\". Known: {Implicit}, which needs no settings."),
        };
    }

    /// <summary>All targets; the implicit one when none is named.</summary>
    public static IReadOnlyList<TargetSettings> All(WerckerConfig config, string directory) =>
        Read(config, directory) is { Count: > 0 } targets ? [.. targets.Values] : [new TargetSettings { Name = Implicit }];

    private static IReadOnlyDictionary<string, TargetSettings> Read(WerckerConfig config, string directory) =>
        Configuration(directory) is { } configuration ? TargetSettings.Merge(config.Targets, configuration) : config.Targets;

    /// <summary>The settings of the host; null when there is none of ours, which saves making them.</summary>
    private static IConfigurationRoot? Configuration(string directory)
    {
        var file = Path.Combine(directory, "appsettings.json");
        var hasFile = File.Exists(file);
        if (!hasFile && !Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Any(entry => ((string)entry.Key).StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var builder = new ConfigurationBuilder();
        try
        {
            using var stream = hasFile ? File.OpenRead(file) : null;
            if (stream is not null)
            {
                builder.AddJsonStream(stream);
            }

            return builder.AddEnvironmentVariables().Build();
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{file}: error: cannot be read as settings: {exception.InnerException?.Message ?? exception.Message}", exception) { File = file };
        }
    }
}
