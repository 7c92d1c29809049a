using System.Text;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Reports;

/// <summary>The files of one deployment.</summary>
internal sealed class ReportFiles : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly (string Name, Action<DeployReport, Stream> Write)[] Forms =
    [
        ("report.json", (report, output) => report.WriteJson(output)),
        ("junit.xml", (report, output) => report.WriteJUnit(output)),
        ("report.md", (report, output) => report.WriteMarkdown(output)),
        ("report.html", (report, output) => report.WriteHtml(output)),
    ];

    private readonly string _directory;
    private readonly DeployLogWriter _log;
    private readonly List<DeployEvent> _events = [];
    private DateTimeOffset _writtenAt;

    /// <summary>Makes the directory, and opens the log.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="openLog">Opens the log.</param>
    public ReportFiles(string directory, Func<DeployLogWriter> openLog)
    {
        _directory = directory;
        Directory.CreateDirectory(directory);
        _log = openLog();
    }

    public void Write(OutputBlock block) => _log.Write(block.Step, TagOf(block.Stream), block.At, block.Lines.Span);

    public void Resume(DeployEvent[] earlier)
    {
        if (_events.Count > 0)
        {
            throw new InvalidOperationException($"Deployment {earlier[0].DeploymentId} is under way: it cannot be resumed here.");
        }

        _events.AddRange(earlier);
    }

    public async ValueTask RecordAsync(DeployEvent e, CancellationToken cancellationToken)
    {
        if (_events is [.., var last] && last.Sequence >= e.Sequence)
        {
            return;
        }

        _events.Add(e);
        if (LineOf(e) is { } line)
        {
            _log.Write(e.Step, "pipe", e.At, Encoding.UTF8.GetBytes(line));
        }

        // Without its beginning there is no report; the log is kept all the same.
        if (_events[0].Kind == DeployEventKind.DeploymentStarted && IsReportDue(e))
        {
            _log.Flush();
            _writtenAt = e.At;
            await WriteReportsAsync(DeployReport.FromEvents(_events), cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _log.Dispose();

    private bool IsReportDue(DeployEvent e) => e.Kind switch
    {
        DeployEventKind.DeploymentStarted or DeployEventKind.DeploymentFinished => true,
        DeployEventKind.StepFinished => IsPostDeployTest(e.Step) || e.At - _writtenAt > Pause,
        DeployEventKind.RevertFinished => e.At - _writtenAt > Pause,
        _ => false,
    };

    /// <summary>The step after which the flow promises its first report, in whatever stage it stands.</summary>
    private static bool IsPostDeployTest(string? step) =>
        step is not null && step.AsSpan()[(step.LastIndexOf('/') + 1)..].Equals("PostDeployTest", StringComparison.OrdinalIgnoreCase);

    private async ValueTask WriteReportsAsync(DeployReport report, CancellationToken cancellationToken)
    {
        foreach (var (name, write) in Forms)
        {
            using var content = new MemoryStream();
            write(report, content);
            var path = Path.Combine(_directory, name);
            var temporary = Path.Combine(_directory, $".{name}.tmp");
            try
            {
                await File.WriteAllBytesAsync(temporary, content.GetBuffer().AsMemory(0, (int)content.Length), cancellationToken).ConfigureAwait(false);
                File.Move(temporary, path, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
    }

    private static string TagOf(OutputStream stream) => stream switch
    {
        OutputStream.Output => "out",
        OutputStream.Error => "err",
        _ => "note",
    };

    private static string? LineOf(DeployEvent e) => e.Kind switch
    {
        DeployEventKind.DeploymentStarted when e.Header is { } header =>
            $"deployment {e.DeploymentId} started: {header.App} {header.Revision}{(header.Target is null ? string.Empty : $" to {header.Target}")}, pipeline {header.Pipeline}",
        DeployEventKind.StepStarted => "started",
        DeployEventKind.StepFinished => Finished(string.Empty, e) + (e.Question is { } question ? $"\n{Asked(question)}" : string.Empty),
        DeployEventKind.RevertStarted => "undo started",
        DeployEventKind.RevertFinished => Finished("undo ", e),
        DeployEventKind.DecisionMade when e.Question is { Decision: { } decision } => $"decided: {DecisionWords.Of(decision)}",
        DeployEventKind.DecisionRequested when e.Question is { } gate => Asked(gate),
        DeployEventKind.RestoreTestStarted => "test of what is live after the roll back started",
        DeployEventKind.RestoreTestFinished => Finished("test of the roll back ", e),
        DeployEventKind.DeploymentResumed => $"resumed: {e.Message}",
        DeployEventKind.DeploymentCanceled => "canceled: no further step is started",
        DeployEventKind.Warning => $"warning: {e.Message}",
        DeployEventKind.DeploymentFinished =>
            $"deployment {e.DeploymentId} {Word(e.Verdict?.ToString())}{(e.Message is null ? string.Empty : $": {e.Message}")}",
        _ => null,
    };

    private static string Asked(DecisionRequest question) => $"asked: {question.Question} ({DecisionWords.Of(question.Choices)}; {DecisionWords.OfDeadline(question)})";

    private static string Finished(string what, DeployEvent e) =>
        what + Word(e.Status?.ToString()) + (e.Message is null ? string.Empty : $": {e.Message}") + (e.Error is null ? string.Empty : $"\n{e.Error}");

    private static string Word(string? status) => status is { Length: > 0 } ? char.ToLowerInvariant(status[0]) + status[1..] : "ended";
}
