using System.Security.Cryptography;
using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>One group per step for GitHub Actions. Output is between stop-commands marks, so that no line of it can be a workflow command.</summary>
internal sealed class GitHubProgress(Stream stream) : IProgress
{
    private readonly Lock _gate = new();
    private readonly LineWriter _lines = new(stream);
    private readonly Dictionary<string, DateTimeOffset> _startedAt = new(StringComparer.Ordinal);
    private string? _open;
    private string? _mark;

    /// <summary>True in a job of GitHub Actions.</summary>
    public static bool IsWanted { get; } = string.Equals(Environment.GetEnvironmentVariable("GITHUB_ACTIONS"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>A text between stop-commands marks.</summary>
    public static string Quote(string text)
    {
        var mark = NewMark();
        return $"::stop-commands::{mark}\n{text}\n::{mark}::";
    }

    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            switch (deployEvent.Kind)
            {
                case DeployEventKind.StepStarted:
                    Open(deployEvent.Step!, deployEvent.Step!, deployEvent.At);
                    break;
                case DeployEventKind.RevertStarted:
                    Open($"undo of {deployEvent.Step}", deployEvent.Step!, deployEvent.At);
                    break;
                case DeployEventKind.RestoreTestStarted:
                    Open($"{deployEvent.Step} after the roll back", deployEvent.Step!, deployEvent.At);
                    break;
                case DeployEventKind.StepFinished or DeployEventKind.RevertFinished or DeployEventKind.RestoreTestFinished:
                    Close();
                    Finished(deployEvent);
                    break;
                case DeployEventKind.Warning:
                    Annotate("warning", deployEvent.Step ?? "deployment", deployEvent.Message ?? string.Empty);
                    break;
            }

            if (deployEvent.Question is { } question)
            {
                Annotate("notice", question.Step, question.Decision is null ? DecisionText.Ask(question) : DecisionText.Of(question));
            }

            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Stop();
            _lines.AddLines(block.Lines.Span, block.Step == _open ? default : Encoding.UTF8.GetBytes($"{block.Step} | "));
            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    public void Say(string message)
    {
        lock (_gate)
        {
            Stop();
            _lines.Add(ConsoleText.CleanLine(message) + "\n");
            _lines.Flush();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            Close();
            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    private void Open(string title, string step, DateTimeOffset at)
    {
        Close();
        _startedAt[step] = at;
        _open = step;
        _lines.Add($"::group::{Escape(title)}\n");
    }

    private void Close()
    {
        Resume();
        if (_open is not null)
        {
            _lines.Add("::endgroup::\n");
            _open = null;
        }
    }

    /// <summary>From here on the runner reads no commands; the mark that ends it cannot be guessed by what prints.</summary>
    private void Stop()
    {
        if (_mark is null)
        {
            _mark = NewMark();
            _lines.Add($"::stop-commands::{_mark}\n");
        }
    }

    private void Resume()
    {
        if (_mark is not null)
        {
            _lines.Add($"::{_mark}::\n");
            _mark = null;
        }
    }

    private void Finished(DeployEvent deployEvent)
    {
        var what = deployEvent.Kind == DeployEventKind.RevertFinished ? $"undo of {deployEvent.Step}" : deployEvent.Step!;
        var text = StepWords.Finished(deployEvent, _startedAt.TryGetValue(deployEvent.Step!, out var at) ? at : null);
        if (StepWords.IsBad(deployEvent.Status))
        {
            Annotate("error", what, text);
        }
        else
        {
            // The message comes from outside: behind a name it stands at no line's beginning.
            _lines.Add($"{ConsoleText.CleanLine(what)} {text}\n");
        }
    }

    private void Annotate(string kind, string title, string message)
    {
        Resume();
        _lines.Add($"::{kind} title={Escape(title).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal)}::{Escape(message)}\n");
    }

    private static string NewMark() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string Escape(string text) => ConsoleText.Clean(text)
        .Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
