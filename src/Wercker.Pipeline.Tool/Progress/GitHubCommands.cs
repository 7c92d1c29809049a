using System.Security.Cryptography;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>The workflow commands of GitHub Actions. Output is between stop-commands marks, so that no line of it can be one.</summary>
internal sealed class GitHubCommands : IJobCommands
{
    private string? _mark;

    public string Quote(string text)
    {
        var mark = NewMark();
        return $"::stop-commands::{mark}\n{text}\n::{mark}::";
    }

    public string OpenGroup(string title) => $"{EndOutput()}::group::{Escape(title)}\n";

    public string CloseGroup() => "::endgroup::\n";

    public string Annotate(JobAnnotation kind, string title, string message) =>
        $"{EndOutput()}::{kind.ToString().ToLowerInvariant()} title={Escape(title).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal)}::{Escape(message)}\n";

    public string Line(string text) => $"{text}\n";

    public void AddOutput(LineWriter lines, ReadOnlySpan<byte> output, ReadOnlySpan<byte> prefix)
    {
        // From here on the runner reads no commands; the mark that ends it cannot be guessed by what prints.
        if (_mark is null)
        {
            _mark = NewMark();
            lines.Add($"::stop-commands::{_mark}\n");
        }

        lines.AddLines(output, prefix);
    }

    public string EndOutput()
    {
        var end = _mark is null ? string.Empty : $"::{_mark}::\n";
        _mark = null;
        return end;
    }

    private static string NewMark() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string Escape(string text) => ConsoleText.Clean(text)
        .Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
