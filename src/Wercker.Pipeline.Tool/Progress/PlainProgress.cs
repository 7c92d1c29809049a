using System.Globalization;
using System.Text;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>Plain lines with the time of day: for files, pipes and terminals that can do no more. Every line of output is there.</summary>
internal sealed class PlainProgress(Stream stream, TimeProvider clock) : IProgress
{
    private readonly Lock _gate = new();
    private readonly LineWriter _lines = new(stream);
    private readonly Dictionary<string, DateTimeOffset> _startedAt = new(StringComparer.Ordinal);

    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var text = deployEvent.Kind switch
            {
                DeployEventKind.DeploymentStarted => Started(deployEvent),
                DeployEventKind.StepStarted => $"== {deployEvent.Step}",
                DeployEventKind.StepFinished => $"== {deployEvent.Step} {StepWords.Finished(deployEvent, StartOf(deployEvent.Step))}",
                DeployEventKind.RevertStarted => $"== undo of {deployEvent.Step}",
                DeployEventKind.RevertFinished => $"== undo of {deployEvent.Step} {StepWords.Finished(deployEvent, StartOf(deployEvent.Step))}",
                DeployEventKind.RestoreTestStarted => $"== {deployEvent.Step} once more, after the roll back",
                DeployEventKind.RestoreTestFinished => $"== {deployEvent.Step} after the roll back {StepWords.Finished(deployEvent, StartOf(deployEvent.Step))}",
                DeployEventKind.DecisionMade when deployEvent.Question is { } question => $"decided: {DecisionText.Of(question)}",
                DeployEventKind.DeploymentResumed => $"resumed: {deployEvent.Message}",
                DeployEventKind.DeploymentCanceled => "canceled: no further step is started",
                DeployEventKind.Warning => $"warning: {deployEvent.Message}",
                _ => null,
            };
            if (deployEvent.Kind is DeployEventKind.StepStarted or DeployEventKind.RevertStarted or DeployEventKind.RestoreTestStarted)
            {
                _startedAt[deployEvent.Step!] = deployEvent.At;
            }

            if (text is not null)
            {
                Write(deployEvent.At, text);
            }

            if (deployEvent.Question is { Decision: null } open)
            {
                foreach (var line in DecisionText.Ask(open).Split('\n'))
                {
                    Write(deployEvent.At, line);
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _lines.AddLines(block.Lines.Span, Encoding.UTF8.GetBytes($"{Time(block.At)} {block.Step} | "));
            _lines.Flush();
        }

        return ValueTask.CompletedTask;
    }

    public void Say(string message)
    {
        lock (_gate)
        {
            Write(clock.GetUtcNow(), message);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string Started(DeployEvent deployEvent)
    {
        var header = deployEvent.Header;
        return $"deploying {header?.App} {header?.Revision}{(header?.Target is { } target ? $" to {target}" : string.Empty)}, run {deployEvent.DeploymentId}";
    }

    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private DateTimeOffset? StartOf(string? step) => step is not null && _startedAt.TryGetValue(step, out var at) ? at : null;

    private void Write(DateTimeOffset at, string text)
    {
        _lines.Add($"{Time(at)} {ConsoleText.CleanLine(text)}\n");
        _lines.Flush();
    }
}
