using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>One group per step, in the log of a job on a build server. What a step prints cannot act as a command of that server.</summary>
internal sealed class JobProgress(Stream stream, IJobCommands commands) : IProgress
{
    private readonly Lock _gate = new();
    private readonly LineWriter _lines = new(stream);
    private readonly Dictionary<string, DateTimeOffset> _startedAt = new(StringComparer.Ordinal);
    private string? _open;

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
                    _lines.Add(commands.Annotate(JobAnnotation.Warning, deployEvent.Step ?? "deployment", deployEvent.Message ?? string.Empty));
                    break;
            }

            if (deployEvent.Question is { } question)
            {
                _lines.Add(commands.Annotate(JobAnnotation.Notice, question.Step, question.Decision is null ? DecisionText.Ask(question) : DecisionText.Of(question)));
            }

            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            commands.AddOutput(_lines, block.Lines.Span, block.Step == _open ? default : Encoding.UTF8.GetBytes($"{block.Step} | "));
            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    public void Say(string message)
    {
        lock (_gate)
        {
            commands.AddOutput(_lines, Encoding.UTF8.GetBytes(ConsoleText.CleanLine(message)), default);
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
        _lines.Add(commands.OpenGroup(title));
    }

    private void Close()
    {
        _lines.Add(commands.EndOutput());
        if (_open is not null)
        {
            _lines.Add(commands.CloseGroup());
            _open = null;
        }
    }

    private void Finished(DeployEvent deployEvent)
    {
        var what = deployEvent.Kind == DeployEventKind.RevertFinished ? $"undo of {deployEvent.Step}" : deployEvent.Step!;
        var text = StepWords.Finished(deployEvent, _startedAt.TryGetValue(deployEvent.Step!, out var at) ? at : null);
        if (StepWords.IsBad(deployEvent.Status))
        {
            _lines.Add(commands.Annotate(JobAnnotation.Error, what, text));
        }
        else
        {
            _lines.Add(commands.Line($"{ConsoleText.CleanLine(what)} {text}"));
        }
    }
}
