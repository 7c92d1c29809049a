using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Engine;

/// <summary>Folds the events of one deployment into its report.</summary>
internal sealed class DeployReportBuilder
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, StepReport> _steps = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, StepReport> _reverts = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, DecisionRequest> _decisions = new(StringComparer.Ordinal);
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
            if (e.Question is { } question)
            {
                _decisions[question.Id] = question;
            }

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
                case DeployEventKind.DecisionMade:
                    Decide(e.Question!);
                    break;
                case DeployEventKind.RestoreTestStarted:
                    _reverts[RestoreTests.NameOf(e.Step!)] = new StepReport { Name = RestoreTests.NameOf(e.Step!), Status = StepStatus.Running, StartedAt = e.At };
                    break;
                case DeployEventKind.RestoreTestFinished:
                    _reverts[RestoreTests.NameOf(e.Step!)] = Finished(_reverts.GetValueOrDefault(RestoreTests.NameOf(e.Step!)), e) with { Name = RestoreTests.NameOf(e.Step!) };
                    break;
                case DeployEventKind.ValueStored or DeployEventKind.DeploymentCanceled or DeployEventKind.DecisionRequested:
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
                Decisions = [.. _decisions.Values],
                Warnings = [.. _warnings],
            };
            return report with { Summary = DeploySummary.Of(report, _finish?.Message) };
        }
    }

    /// <summary>What a person decides over a verdict is what the step has decided, or not.</summary>
    private void Decide(DecisionRequest question)
    {
        var decision = question.Decision!;
        if (decision.Choice == DecisionChoice.Ignore)
        {
            _warnings.Add($"{question.Step}: {_steps[question.Step].Status}, which {decision.By} ignored{(decision.Reason is { } reason ? $": {reason}" : string.Empty)}");
        }
        else if (decision.Choice is DecisionChoice.Fail or DecisionChoice.RollBack && !_steps.Values.Any(step => step.Decided))
        {
            _steps[question.Step] = _steps[question.Step] with { Decided = true };
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
