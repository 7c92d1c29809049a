using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Locks;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Tool.Progress;
using Wercker.Pipeline.Tool.Projects;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>What deploy and resume share: the run is shown, watched, kept, and its report written.</summary>
internal sealed class RunSession : IDisposable
{
    private readonly StateDirectory _state;
    private readonly string? _reportDirectory;
    private readonly bool _json;
    private readonly Terminal _terminal;
    private readonly CancelSignals _signals;
    private IProgress? _progress;

    public RunSession(StateDirectory state, string? reportDirectory, bool json, Terminal terminal)
    {
        _state = state;
        _reportDirectory = reportDirectory;
        _json = json;
        _terminal = terminal;
        _signals = new CancelSignals(Say);
    }

    /// <summary>Canceled by Ctrl+C and its like, from the moment that the session was made.</summary>
    public CancellationToken Cancel => _signals.Cancel;

    /// <summary>Shows a message beside the progress of the run, or before there is any.</summary>
    public void Say(string message) => (_progress is { } shown ? shown.Say : (Action<string>)_terminal.Say)(message);

    public void Dispose() => _signals.Dispose();

    /// <summary>Runs something of a pipeline.</summary>
    /// <param name="pipeline">Makes the pipeline.</param>
    /// <param name="earlier">The events of the run so far; none for a new one.</param>
    /// <param name="run">Runs; gets the token that aborts and the one that cancels.</param>
    public async Task<int> RunAsync(
        ProjectPipeline pipeline, IReadOnlyList<DeployEvent> earlier, Func<DeployPipeline, CancellationToken, CancellationToken, Task<DeployReport>> run)
    {
        _state.Prepare();
        await using var watch = new RunWatch(_state, TimeProvider.System) { Say = Say };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_signals.Cancel, watch.Cancel);
        await using var kept = new ReportFolder(_state.RunsDirectory) { FolderPerDeployment = true, OpenLog = _state.Store.OpenLog };
        await using var wanted = _reportDirectory is { } directory ? new ReportFolder(directory) : null;
        ReportFolder[] folders = wanted is null ? [kept] : [kept, wanted];
        if (earlier.Count > 0)
        {
            Array.ForEach(folders, folder => folder.Resume(earlier));
        }

        try
        {
            DeployReport report;
            await using var told = pipeline.Notifications(earlier, Say);
            await using (_progress = ProgressChoice.Choose(_terminal))
            {
                var asked = pipeline.Decisions.Asks ? pipeline.Decisions.Provider(_state.Store, Questions()) : null;
                var services = new PipelineServices { Journal = _state.Store, Lock = _state.Store, Decisions = asked, Observers = [new UndoMark(_state), .. folders, _progress, watch, .. pipeline.Markers(earlier), told], Outputs = [.. folders, _progress] };
                report = await run(pipeline.Build(services), _signals.Abort, cancel.Token);
            }

            _state.Protect(report.Id);
            await EnsureLogAsync(report.Id);
            Show(report, Path.Combine(wanted?.Directory ?? _state.DirectoryOf(report.Id), "report.html"));
            return ExitCode.Of(report);
        }
        catch (DeploymentLockedException lost) when (watch.HasStarted)
        {
            _terminal.Say($"wercker: {lost.Message}");
            return ExitCode.NotRestored;
        }
        catch
        {
            // Before the folders are closed at the end of this method: what is met then would take the place of what ended the run.
            foreach (var folder in folders)
            {
                await CloseAsync(folder);
            }

            throw;
        }
    }

    private async Task CloseAsync(ReportFolder folder)
    {
        try
        {
            await folder.DisposeAsync();
        }
        catch (IOException exception)
        {
            _terminal.Say($"wercker: {exception.Message}");
        }
    }

    /// <summary>The end of a log is written after the last event, when no report can tell any more that it was not.</summary>
    private async Task EnsureLogAsync(string id)
    {
        try
        {
            if (await _state.Store.FindLogAsync(id, CancellationToken.None) is not { IsClosed: true })
            {
                _terminal.Say($"wercker: the log of run {id} is not whole: its end could not be written.");
            }
        }
        catch (Exception exception) when (exception is IOException or ConfigurationException or InvalidDataException)
        {
            _terminal.Say($"wercker: nobody knows whether the log of run {id} is whole: {exception.Message}");
        }
    }

    /// <summary>Who sits at the terminal; null when nobody does, or when the answer must be one document.</summary>
    private IDecisionProvider? Questions() => Terminal.CanAsk && !_json && ProgressChoice.JobCommands is null
        ? DecisionProvider.Prompt(Terminal.Input, new ProgressWriter(Say), Operator.Name)
        : null;

    private void Show(DeployReport report, string path)
    {
        if (_json)
        {
            report.WriteJson(_terminal.Output);
            return;
        }

        var summary = ReportText.Summary(report);
        _terminal.Result(ProgressChoice.JobCommands?.Quote(summary) ?? summary);
        _terminal.Result($"Report: {path}");
    }
}
