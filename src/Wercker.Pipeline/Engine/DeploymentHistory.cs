using System.Text.Json;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Engine;

/// <summary>What the journal knows of a deployment: the truth from which a run goes on. Empty for one that begins.</summary>
internal sealed class DeploymentHistory
{
    /// <summary>The name under which a step says that it opened the session in the sandbox.</summary>
    public const string SessionKey = "wercker.session";

    /// <summary>How many deployments are looked at for the one before: further back nobody would look for it either.</summary>
    private const int MostLooks = 50;

    private readonly OrderedDictionary<string, DateTimeOffset> _started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StepStatus> _finished = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reverted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);
    private readonly List<string> _sessions = [];
    private readonly Dictionary<string, DecisionRequest> _questions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tests = new(StringComparer.Ordinal);

    private DeploymentHistory(IReadOnlyList<DeployEvent> events)
    {
        Events = events;
        foreach (var e in events)
        {
            Apply(e);
        }
    }

    /// <summary>Of a deployment that nothing is known of.</summary>
    public static DeploymentHistory Empty { get; } = new([]);

    public IReadOnlyList<DeployEvent> Events { get; }

    public DeploymentHeader? Header => Events.Count == 0 ? null : Events[0].Header;

    public bool IsFinished { get; private set; }

    /// <summary>True when the steps are over and undo has begun.</summary>
    public bool IsUndoing { get; private set; }

    /// <summary>The verdict against the deployment; null when there is none.</summary>
    public DeployStatus? Verdict { get; private set; }

    /// <summary>What became of the target by the undos that have ended.</summary>
    public RestoreStatus Restore { get; private set; }

    /// <summary>True when a person decided to leave the target as it is.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>The last question over each step that has one, decided or not.</summary>
    public IReadOnlyDictionary<string, DecisionRequest> Questions => _questions;

    /// <summary>How many questions there were.</summary>
    public int QuestionCount { get; private set; }

    /// <summary>Values that steps stored, as JSON.</summary>
    public IReadOnlyDictionary<string, JsonElement> Values => _values;

    /// <summary>The steps that had started, in the order in which they did.</summary>
    public IEnumerable<string> Started => _started.Keys;

    /// <summary>A finished step that had used the session in the sandbox, which is gone; null when none had.</summary>
    public string? LostSession => _sessions.Find(_finished.ContainsKey);

    /// <summary>The verdict of a deployment that a step decided against.</summary>
    public static DeployStatus VerdictOf(StepStatus step) => step switch
    {
        StepStatus.Canceled => DeployStatus.Canceled,
        StepStatus.Inconclusive => DeployStatus.Inconclusive,
        _ => DeployStatus.Failed,
    };

    public static async ValueTask<DeploymentHistory> ReadAsync(IDeploymentJournal journal, string deploymentId, CancellationToken cancellationToken)
    {
        var events = new List<DeployEvent>();
        await foreach (var e in journal.ReadAsync(deploymentId, cancellationToken).ConfigureAwait(false))
        {
            events.Add(e);
        }

        return new DeploymentHistory(events);
    }

    /// <summary>The deployment before this one that brought the same app to the same target; null when the journal knows none.</summary>
    public static async ValueTask<DeploymentHeader?> FindPreviousAsync(IDeploymentJournal journal, string deploymentId, DeploymentHeader header, CancellationToken cancellationToken)
    {
        var looks = 0;
        var isBefore = false;
        await foreach (var id in journal.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (isBefore && await ReadAsync(journal, id, cancellationToken).ConfigureAwait(false) is { Header: { } other, Events: [.., { Verdict: DeployStatus.Succeeded }] }
                && other.App == header.App && other.Target == header.Target)
            {
                return other;
            }

            isBefore |= id == deploymentId;
            if (isBefore && ++looks > MostLooks)
            {
                break;
            }
        }

        return null;
    }

    /// <summary>The verdict of a step; null when it has none.</summary>
    public StepStatus? StatusOf(string step) => _finished.TryGetValue(step, out var status) ? status : null;

    /// <summary>When a step started that did not finish; null for all others.</summary>
    public DateTimeOffset? InterruptedAt(string step) => !_finished.ContainsKey(step) && _started.TryGetValue(step, out var at) ? at : null;

    /// <summary>True when a started step may have left something behind that nobody has tried to take back.</summary>
    public bool IsArmed(string step) => _started.ContainsKey(step) && !_reverted.Contains(step) && StatusOf(step) != StepStatus.Skipped;

    /// <summary>True when a step has a verdict over which nobody has decided yet, or when it was decided to run it again and that has not begun.</summary>
    public bool IsOpen(string step) => _finished.ContainsKey(step) && _questions.TryGetValue(step, out var question) && question.Decision is null or { Choice: DecisionChoice.Retry };

    /// <summary>True when a test has looked at the target after it was put back.</summary>
    public bool IsTested(string step) => _tests.Contains(step);

    private void Apply(DeployEvent e)
    {
        switch (e.Kind)
        {
            case DeployEventKind.StepStarted:
                _started.Remove(e.Step!);
                _started.Add(e.Step!, e.At);
                _finished.Remove(e.Step!);
                break;
            case DeployEventKind.StepFinished:
                _finished[e.Step!] = e.Status ?? StepStatus.Error;
                Verdict ??= e.Decided ? VerdictOf(_finished[e.Step!]) : null;

                // A question over an earlier verdict of the step is settled by this one.
                _questions.Remove(e.Step!);
                Ask(e);
                break;
            case DeployEventKind.DecisionRequested:
                Ask(e);
                break;
            case DeployEventKind.DecisionMade:
                _questions[e.Step!] = e.Question!;
                if (Verdict is null && e.Question is { Decision.Choice: DecisionChoice.Fail or DecisionChoice.RollBack })
                {
                    Verdict = VerdictOf(_finished[e.Step!]);
                    IsLeft = e.Question.Decision.Choice == DecisionChoice.Fail;
                }

                break;
            case DeployEventKind.DeploymentCanceled:
                Verdict ??= DeployStatus.Canceled;
                break;
            case DeployEventKind.ValueStored when e.Key == SessionKey:
                _sessions.Add(e.Step!);
                break;
            case DeployEventKind.ValueStored:
                _values[e.Key!] = e.Value ?? default;
                break;
            case DeployEventKind.RevertStarted:
                IsUndoing = true;
                break;
            case DeployEventKind.RevertFinished:
                _reverted.Add(e.Step!);
                Restore = UndoStack.Worse(Restore, UndoStack.RestoreOf(e.Status ?? StepStatus.Error));
                break;
            case DeployEventKind.RestoreTestStarted:
                IsUndoing = true;
                break;
            case DeployEventKind.RestoreTestFinished:
                _tests.Add(e.Step!);
                Restore = UndoStack.Worse(Restore, RestoreTests.RestoreOf(e.Status ?? StepStatus.Error));
                break;
            case DeployEventKind.DeploymentFinished:
                IsFinished = true;
                break;
        }
    }

    private void Ask(DeployEvent e)
    {
        if (e.Question is { } question)
        {
            _questions[e.Step!] = question;
            QuestionCount++;
        }
    }
}
