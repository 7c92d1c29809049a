using System.Runtime.CompilerServices;
using Polly;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline;

/// <summary>How the pipeline treats one step.</summary>
public sealed class StepOptions
{
    internal List<StepCondition> Conditions { get; } = [];

    /// <summary>Lets the deployment go on, and succeed, when this step does not. Default: false.</summary>
    public bool ContinueOnFailure { get; set; }

    /// <summary>Runs the step also after an earlier step failed or the deployment was canceled, before anything is undone. Default: false.</summary>
    public bool RunAlways { get; set; }

    /// <summary>
    /// Lets the deployment go on with a warning when the step could not see enough to judge. Default: false, the deployment ends as
    /// <see cref="DeployStatus.Inconclusive"/> and is undone, for no evidence is never success.
    /// </summary>
    public bool ContinueOnInconclusive { get; set; }

    /// <summary>
    /// What a person may decide when the step decides against the deployment and the pipeline asks (<see cref="DeployPipelineBuilder.AskOnFailure"/>).
    /// Empty: nobody is asked, and what was done is undone. Default: to retry, to ignore, to fail, to roll back.
    /// </summary>
    public IReadOnlyList<DecisionChoice> AllowedDecisions { get; set; } = [DecisionChoice.Retry, DecisionChoice.Ignore, DecisionChoice.Fail, DecisionChoice.RollBack];

    /// <summary>
    /// Runs the step once more after the target was put back, against what is live then (<see cref="DeployContext.IsRolledBack"/>). Only when it succeeds or
    /// is skipped, the target counts as put back. Default: false.
    /// </summary>
    public bool VerifiesRollBack { get; set; }

    /// <summary>What a resumed deployment does when the step was cut off. Default: <see cref="ResumeBehavior.Verify"/>, the step is asked.</summary>
    public ResumeBehavior ResumeBehavior { get; set; }

    /// <summary>How long all tries of the step together may take. Default: null, no limit of its own.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>How long the step's undo may take. Default: 5 minutes.</summary>
    public TimeSpan RevertTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Polly strategies around the step: retry, timeout of a try, rate limit. Default: none. Exceptions are retried by Polly's
    /// defaults and verdicts are not, unless the strategy's ShouldHandle says otherwise.
    /// </summary>
    public Action<ResiliencePipelineBuilder<StepResult>>? Resilience { get; set; }

    /// <summary>Runs the step only if the request says so. Evaluated by the plan too.</summary>
    /// <param name="condition">Looks at the request only.</param>
    /// <param name="reason">What the condition is, for plan and report. Default: its source text.</param>
    /// <returns>These options.</returns>
    public StepOptions WhenRequest(Func<DeployRequest, bool> condition, [CallerArgumentExpression(nameof(condition))] string reason = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        Conditions.Add(new StepCondition(reason, condition, null));
        return this;
    }

    /// <summary>Runs the step only if this holds when its turn comes. The plan shows the condition, it cannot evaluate it.</summary>
    /// <param name="condition">Looks at the running deployment.</param>
    /// <param name="reason">What the condition is, for plan and report. Default: its source text.</param>
    /// <returns>These options.</returns>
    public StepOptions When(Func<DeployContext, bool> condition, [CallerArgumentExpression(nameof(condition))] string reason = "")
    {
        ArgumentNullException.ThrowIfNull(condition);
        Conditions.Add(new StepCondition(reason, null, condition));
        return this;
    }
}
