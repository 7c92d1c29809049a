using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker validate: is the file right, and what should still be looked at?</summary>
internal static partial class ValidateCommand
{
    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The wercker.json, or its directory.", DefaultValueFactory = _ => WerckerConfig.FileName };
        var command = new Command("validate", "Check a wercker.json.") { file };
        command.SetAction(result => Run(result.GetValue(file)!, result.GetValue(options.Json), terminal));
        return command;
    }

    private static int Run(string path, bool json, Terminal terminal)
    {
        try
        {
            var config = WerckerConfig.Load(path);
            CheckTargets(config);
            if (json)
            {
                Write(terminal, true, config.File, config.Warnings);
                return ExitCode.Succeeded;
            }

            foreach (var warning in config.Warnings)
            {
                terminal.Say(warning.ToString());
            }

            terminal.Result($"{config.File} is valid{config.Warnings.Count switch { 0 => string.Empty, 1 => ", with 1 warning", var count => $", with {count} warnings" }}.");
            return ExitCode.Succeeded;
        }
        catch (ConfigurationException fault) when (json)
        {
            Write(terminal, false, fault.File ?? path, [new(LogLevel.Error, fault.File ?? path, fault.Line, fault.Column, fault.KeyPath, fault.Message)]);
            return ExitCode.Refused;
        }
        catch (ConfigurationException fault)
        {
            terminal.Say(fault.Message);
            return ExitCode.Refused;
        }
    }

    /// <summary>Checks the settings of the targets' sandboxes and tests. The secrets that they name need not be at hand.</summary>
    private static void CheckTargets(WerckerConfig config)
    {
        // It can stand for every kind of secret, addresses too.
        using var tests = new TargetTests(new DeployRequest("app", "revision"), _ => "https://a-secret.example");
        foreach (var target in config.Targets.Values)
        {
            try
            {
                SandboxSpec.From(config, target);
                (SandboxChoice.Choose(target) as IDisposable)?.Dispose();
                tests.Check(target);
            }
            catch (ConfigurationException fault) when (fault.Line is null && Place().Match(fault.Message) is { Success: true } place)
            {
                throw new ConfigurationException(fault.Message, fault)
                {
                    File = config.File,
                    Line = int.Parse(place.Groups["line"].ValueSpan, CultureInfo.InvariantCulture),
                    Column = int.Parse(place.Groups["column"].ValueSpan, CultureInfo.InvariantCulture),
                    KeyPath = place.Groups["path"].Value,
                };
            }
        }
    }

    // "wercker.json:4:5: targets.live.logTest.source is missing": the place is that of the target.
    [GeneratedRegex(@":(?<line>\d+):(?<column>\d+): (?<path>\S+?):?\s")]
    private static partial Regex Place();

    private static void Write(Terminal terminal, bool valid, string file, IEnumerable<ConfigurationDiagnostic> diagnostics) => JsonOutput.Write(terminal, json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("valid", valid);
        json.WriteString("file", file);
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
        {
            Write(json, diagnostic);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, ConfigurationDiagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("severity", diagnostic.Severity == LogLevel.Error ? "error" : "warning");
        JsonOutput.WritePlace(json, diagnostic.File, diagnostic.Line, diagnostic.Column, diagnostic.KeyPath);
        json.WriteString("message", diagnostic.Message);
        json.WriteEndObject();
    }
}
