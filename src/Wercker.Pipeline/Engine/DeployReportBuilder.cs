namespace Wercker.Pipeline.Engine;

/// <summary>Folds the events of one deployment into its report.</summary>
internal sealed class DeployReportBuilder
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, StepReport> _steps = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, StepReport> _reverts = new(StringComparer.Ordinal);
    private readonly List<string> _warnings = [];
    private DeploymentHeader? _header;
    private string _id = string.Empty;
    private DeployEvent? _finish;

    /// <summary>When the deployment began.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    public void Apply(DeployEvent e)
    {
        lock (_gate)
        {
            switch (e.Kind)
            {
                case DeployEventKind.DeploymentStarted:
                    _id = e.DeploymentId;
                    _header = e.Header;
                    StartedAt = e.At;
                    foreach (var step in e.Header?.Steps ?? [])
                    {
                        _steps[step] = new StepReport { Name = step, Status = StepStatus.NotRun };
                    }

                    break;
                case DeployEventKind.StepStarted:
                    _steps[e.Step!] = new StepReport { Name = e.Step!, Status = StepStatus.Running, StartedAt = e.At };
                    break;
                case DeployEventKind.StepFinished:
                    _steps[e.Step!] = Finished(_steps.GetValueOrDefault(e.Step!), e);
                    break;
                case DeployEventKind.RevertStarted:
                    _reverts[e.Step!] = new StepReport { Name = e.Step!, Status = StepStatus.Running, StartedAt = e.At };
                    break;
                case DeployEventKind.RevertFinished:
                    _reverts[e.Step!] = Finished(_reverts.GetValueOrDefault(e.Step!), e);
                    break;
                case DeployEventKind.Warning:
                    _warnings.Add(e.Step is null ? e.Message! : $"{e.Step}: {e.Message}");
                    break;
                case DeployEventKind.DeploymentFinished:
                    _finish = e;
                    break;
                case DeployEventKind.DeploymentResumed:
                    _warnings.Add(e.Message!);
                    break;
                case DeployEventKind.ValueStored or DeployEventKind.DeploymentCanceled:
                    break;
            }
        }
    }

    public DeployReport Build()
    {
        lock (_gate)
        {
            var header = _header ?? throw new InvalidDataException("The journal of the deployment has no beginning.");
            var report = new DeployReport
            {
                Id = _id,
                Pipeline = header.Pipeline,
                App = header.App,
                Revision = header.Revision,
                Target = header.Target,
                RequestedBy = header.RequestedBy,
                Status = _finish?.Verdict ?? DeployStatus.Running,
                Restore = _finish?.Restore ?? RestoreStatus.NotNeeded,
                Summary = string.Empty,
                StartedAt = StartedAt,
                FinishedAt = _finish?.At,
                Steps = [.. _steps.Values],
                Reverts = [.. _reverts.Values],
                Environment = header.Environment,
                Warnings = [.. _warnings],
            };
            return report with { Summary = DeploySummary.Of(report, _finish?.Message) };
        }
    }

    private static StepReport Finished(StepReport? started, DeployEvent e) => new()
    {
        Name = e.Step!,
        Status = e.Status ?? StepStatus.Error,
        Message = e.Message,
        Evidence = e.Evidence,
        Error = e.Error,
        Decided = e.Decided,
        StartedAt = started?.StartedAt,
        Duration = started?.StartedAt is { } at ? e.At - at : null,
    };
}
