namespace Wercker.Pipeline.Logs;

/// <summary>What a check came to.</summary>
internal enum LogOutcome
{
    /// <summary>There was something to see, and it was fine.</summary>
    Passed,

    /// <summary>The source was silent.</summary>
    Silent,

    /// <summary>There was something to see and nothing to compare it with.</summary>
    Incomparable,

    /// <summary>The canary did not arrive.</summary>
    Blind,

    /// <summary>Lines were lost.</summary>
    Lost,

    /// <summary>The source could not be asked.</summary>
    Unasked,

    /// <summary>What must not be there is there.</summary>
    Hit,
}

/// <summary>What is known about one check, from which its outcome follows.</summary>
/// <param name="Hit">The check found what must not be there.</param>
/// <param name="Unasked">The source could not be asked, about the window or about the time before it where that is needed; or the canary could not be sent.</param>
/// <param name="Lost">The source says that lines are missing, in the window or in the time before it where that is needed.</param>
/// <param name="Blind">A canary was sent and not seen.</param>
/// <param name="Incomparable">Something was found that can only be judged beside the time before, where the source was silent.</param>
/// <param name="Alive">The source showed a line in the window, of whatever kind, or the canary.</param>
internal readonly record struct LogSight(bool Hit, bool Unasked, bool Lost, bool Blind, bool Incomparable, bool Alive);

/// <summary>The truth table of the log test: docs/log-tests.md shows it to people.</summary>
internal static class LogVerdict
{
    /// <summary>What is found is found, whatever was not seen besides. Otherwise the first reason not to know wins; only what was seen passes.</summary>
    public static LogOutcome Of(LogSight sight) => sight switch
    {
        { Hit: true } => LogOutcome.Hit,
        { Unasked: true } => LogOutcome.Unasked,
        { Lost: true } => LogOutcome.Lost,
        { Blind: true } => LogOutcome.Blind,
        { Incomparable: true } => LogOutcome.Incomparable,
        { Alive: false } => LogOutcome.Silent,
        _ => LogOutcome.Passed,
    };

    /// <summary>What the outcome of a check that decides means for the step; null when the author only wants to be warned.</summary>
    public static StepStatus? StatusOf(LogOutcome outcome, EvidencePolicy policy) => outcome switch
    {
        LogOutcome.Passed => StepStatus.Succeeded,
        LogOutcome.Hit => StepStatus.Failed,
        LogOutcome.Unasked => policy.ErrorWarns ? null : StepStatus.Error,
        LogOutcome.Silent => policy.NoDataWarns ? null : StepStatus.Inconclusive,
        _ => policy.InconclusiveWarns ? null : StepStatus.Inconclusive,
    };

    /// <summary>The same for a check of any role that counts: one that is degraded can only warn.</summary>
    public static StepStatus? StatusOf(LogOutcome outcome, CheckRole role, EvidencePolicy policy) =>
        role == CheckRole.Critical || outcome == LogOutcome.Passed ? StatusOf(outcome, policy) : null;

    /// <summary>The verdict over all checks: the answer no, then what could not be asked, then what could not be seen. Where nothing was seen at all, nothing has succeeded.</summary>
    public static StepStatus Of(IEnumerable<StepStatus?> statuses)
    {
        var known = statuses.OfType<StepStatus>().ToHashSet();
        return known.Contains(StepStatus.Failed) ? StepStatus.Failed
            : known.Contains(StepStatus.Error) ? StepStatus.Error
            : known.Contains(StepStatus.Inconclusive) ? StepStatus.Inconclusive
            : known.Contains(StepStatus.Succeeded) ? StepStatus.Succeeded
            : StepStatus.Skipped;
    }
}
