using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>The logging commands of Azure Pipelines: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands.</summary>
/// <remarks>An agent takes "##vso[" for a command wherever in a line it stands, and "##[" at its beginning, and cannot be told to stop: what others print gets a space in between.</remarks>
internal sealed class AzureCommands : IJobCommands
{
    public string Quote(string text) => Defuse(text);

    public string OpenGroup(string title) => $"##[group]{Text(title)}\n";

    public string CloseGroup() => "##[endgroup]\n";

    public string Annotate(JobAnnotation kind, string title, string message) => kind == JobAnnotation.Notice
        ? $"##[section]{Text(title)}: {Text(message)}\n"
        : $"##vso[task.logissue type={(kind == JobAnnotation.Error ? "error" : "warning")}]{Escape(title)}: {Escape(message)}\n";

    public string Line(string text) => $"{Text(text)}\n";

    public void AddOutput(LineWriter lines, ReadOnlySpan<byte> output, ReadOnlySpan<byte> prefix)
    {
        // Cleaned first: what is left out of it may have stood in the middle of a command.
        if (output.IndexOf("##"u8) >= 0 || !ConsoleText.IsHarmless(output))
        {
            lines.AddLines(Encoding.UTF8.GetBytes(Defuse(ConsoleText.Clean(Encoding.UTF8.GetString(output)))), prefix);
        }
        else
        {
            lines.AddLines(output, prefix);
        }
    }

    public string EndOutput() => string.Empty;

    private static string Text(string text) => Defuse(ConsoleText.CleanLine(text));

    private static string Defuse(string text) => text.Replace("##vso[", "## vso[", StringComparison.OrdinalIgnoreCase).Replace("##[", "## [", StringComparison.Ordinal);

    /// <summary>The agent turns these back.</summary>
    private static string Escape(string text) => Defuse(ConsoleText.Clean(text))
        .Replace("%", "%AZP25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
