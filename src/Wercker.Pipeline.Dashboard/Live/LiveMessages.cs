using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Dashboard.Live;

/// <summary>An event of a deployment, as viewers get it: without evidence and values.</summary>
public sealed record LiveEvent
{
    /// <summary>Counts the events of a deployment from 1.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required DeployEventKind Kind { get; init; }

    /// <summary>The step; null for the deployment itself.</summary>
    public string? Step { get; init; }

    /// <summary>The verdict of a finished step or undo.</summary>
    public StepStatus? Status { get; init; }

    /// <summary>The sentence that goes with it.</summary>
    public string? Message { get; init; }

    /// <summary>True on the finish of a step that decided against the deployment.</summary>
    public bool Decided { get; init; }

    /// <summary>Of a finished deployment: the verdict.</summary>
    public DeployStatus? Verdict { get; init; }

    /// <summary>Of a finished deployment: what became of the target.</summary>
    public RestoreStatus? Restore { get; init; }

    /// <summary>A question, with its decision when there is one.</summary>
    public DecisionRequest? Question { get; init; }

    internal static LiveEvent Of(DeployEvent e) => new()
    {
        Sequence = e.Sequence,
        At = e.At,
        Kind = e.Kind,
        Step = e.Step,
        Status = e.Status,
        Message = e.Message,
        Decided = e.Decided,
        Verdict = e.Verdict,
        Restore = e.Restore,
        Question = e.Question,
    };
}

/// <summary>Lines that were written. Whoever has some of them already goes by their numbers.</summary>
/// <param name="First">The number of the first one.</param>
/// <param name="Lines">The lines.</param>
/// <param name="Total">How many lines the log has by now.</param>
public sealed record LiveLines(long First, IReadOnlyList<LogLine> Lines, long Total);

/// <summary>Lines that were left out, because more was written than anybody can watch, or because the viewer was slow.</summary>
/// <param name="From">The first one.</param>
/// <param name="To">The last one.</param>
public sealed record LiveGap(long From, long To);

/// <summary>The deployment has ended, and its log has been sent.</summary>
/// <param name="Verdict">The verdict.</param>
public sealed record LiveEnd(DeployStatus Verdict);
