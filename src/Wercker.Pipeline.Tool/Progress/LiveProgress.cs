using Spectre.Console;
using Spectre.Console.Rendering;

namespace Wercker.Pipeline.Tool.Progress;

/// <summary>For a person at a terminal: all steps with their times, and the last lines of the one that runs.</summary>
/// <remarks>Drawn ten times a second whatever the output does; output only leaves its last lines here, so that it is not slowed down.</remarks>
internal sealed class LiveProgress : IProgress
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly LiveSteps _steps = new();
    private readonly LiveTail _tail = new();
    private readonly List<string> _notes = [];
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _drawing;
    private int _beats;

    public LiveProgress(TextWriter output, TimeProvider clock)
    {
        _clock = clock;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.Yes });
        _drawing = Task.Run(() => console.Live(Picture()).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Top).StartAsync(DrawAsync));
    }

    public ValueTask OnEventAsync(DeployEvent deployEvent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _steps.Apply(deployEvent);
            if (deployEvent.Kind is DeployEventKind.StepStarted or DeployEventKind.RevertStarted)
            {
                _tail.Clear();
            }
            else if (deployEvent.Kind == DeployEventKind.Warning)
            {
                _notes.Add($"warning: {ConsoleText.CleanLine(deployEvent.Message ?? string.Empty)}");
            }

            if (deployEvent.Question is { } question)
            {
                _notes.AddRange((question.Decision is null ? DecisionText.Ask(question) : $"decided: {DecisionText.Of(question)}").Split('\n').Select(ConsoleText.CleanLine));
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _tail.Add(block.Lines.Span);
        }

        return ValueTask.CompletedTask;
    }

    public void Say(string message)
    {
        lock (_gate)
        {
            _notes.Add(ConsoleText.CleanLine(message));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _drawing;
        _end.Dispose();
    }

    private async Task DrawAsync(LiveDisplayContext display)
    {
        while (!_end.IsCancellationRequested)
        {
            display.UpdateTarget(Picture());
            await Task.Delay(Beat, _clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            _tail.Clear();
        }

        display.UpdateTarget(Picture());
    }

    private Rows Picture()
    {
        lock (_gate)
        {
            var dim = new Style(decoration: Decoration.Dim);
            IEnumerable<IRenderable> tail = _tail.Lines.Select(line => new Text("  " + line, dim) { Overflow = Overflow.Ellipsis });
            IEnumerable<IRenderable> notes = _notes.Select(note => new Text(note, new Style(Color.Yellow)));
            return new Rows([.. _steps.Draw(_clock.GetUtcNow(), _beats++), .. tail, .. notes]);
        }
    }
}
