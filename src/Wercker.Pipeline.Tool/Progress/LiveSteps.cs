using Spectre.Console;
using Spectre.Console.Rendering;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>The list of steps as it is drawn: sign, name, time, message. Texts are never read as markup.</summary>
internal sealed class LiveSteps
{
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private readonly OrderedDictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private string _title = string.Empty;

    public void Apply(DeployEvent deployEvent)
    {
        var step = ConsoleText.CleanLine(deployEvent.Step ?? string.Empty);
        switch (deployEvent.Kind)
        {
            case DeployEventKind.DeploymentStarted when deployEvent.Header is { } header:
                _title = ConsoleText.CleanLine($"{header.App} {header.Revision}{(header.Target is { } target ? $" to {target}" : string.Empty)} · {deployEvent.DeploymentId}");
                foreach (var name in header.Steps.Select(ConsoleText.CleanLine))
                {
                    _rows[name] = new Row(StepStatus.NotRun, null, null, null);
                }

                break;
            case DeployEventKind.StepStarted:
                _rows[step] = new Row(StepStatus.Running, deployEvent.At, null, null);
                break;
            case DeployEventKind.RevertStarted:
                _rows[UndoOf(step)] = new Row(StepStatus.Running, deployEvent.At, null, null);
                break;
            case DeployEventKind.RestoreTestStarted:
                _rows[TestOf(step)] = new Row(StepStatus.Running, deployEvent.At, null, null);
                break;
            case DeployEventKind.RestoreTestFinished:
                Finish(TestOf(step), deployEvent);
                break;
            case DeployEventKind.StepFinished:
                Finish(step, deployEvent);
                break;
            case DeployEventKind.RevertFinished:
                Finish(UndoOf(step), deployEvent);
                break;
        }
    }

    public IEnumerable<IRenderable> Draw(DateTimeOffset now, int beat)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap().RightAligned()).AddColumn();
        foreach (var (name, row) in _rows)
        {
            var style = StyleOf(row.Status);
            var time = row.Took ?? (row.StartedAt is { } at ? now - at : null);
            grid.AddRow(
                new Text(Sign(row.Status, beat), style),
                new Text(name, row.Status == StepStatus.Running ? new Style(decoration: Decoration.Bold) : style),
                new Text(time is { } elapsed && row.Status is not StepStatus.Skipped ? StepWords.Of(elapsed) : string.Empty, new Style(decoration: Decoration.Dim)),
                new Text(row.Message ?? string.Empty, style) { Overflow = Overflow.Ellipsis });
        }

        yield return new Text(_title, new Style(decoration: Decoration.Bold));
        yield return grid;
    }

    private static string UndoOf(string step) => $"undo of {step}";

    private static string TestOf(string step) => $"{step} (rolled back)";

    private static string Sign(StepStatus status, int beat) => status switch
    {
        StepStatus.Succeeded => "✓",
        StepStatus.Running => Spinner[beat % Spinner.Length].ToString(),
        StepStatus.Inconclusive => "?",
        StepStatus.Failed or StepStatus.Error => "✗",
        StepStatus.Canceled => "■",
        StepStatus.Skipped => "–",
        _ => "·",
    };

    private static Style StyleOf(StepStatus status) => status switch
    {
        StepStatus.Succeeded => new Style(Color.Green),
        StepStatus.Failed or StepStatus.Error => new Style(Color.Red),
        StepStatus.Inconclusive or StepStatus.Canceled => new Style(Color.Yellow),
        StepStatus.Running => Style.Plain,
        _ => new Style(decoration: Decoration.Dim),
    };

    private void Finish(string name, DeployEvent deployEvent)
    {
        var started = _rows.TryGetValue(name, out var row) ? row.StartedAt : null;
        _rows[name] = new Row(
            deployEvent.Status ?? StepStatus.Error,
            started,
            deployEvent.At - started,
            deployEvent.Message is { } message ? ConsoleText.CleanLine(message) : null);
    }

    private sealed record Row(StepStatus Status, DateTimeOffset? StartedAt, TimeSpan? Took, string? Message);
}
