using System.Text.Json.Nodes;

namespace Wercker.Pipeline.Configuration;

internal static class TargetCommands
{
    public static IReadOnlyList<WerckerCommand> Read(JsonNode node, string keyPath) =>
        [.. node.AsArray().Select(item => new WerckerCommand(item!.GetValue<string>()))];
}
