using System.Collections.Concurrent;
using System.Globalization;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Engine;

/// <summary>Asks people, by the deadline that the journal knows, and writes down what they decided before it counts.</summary>
internal sealed class DecisionDesk(PipelineDefinition definition, DeployRequest request, DeploymentRecorder recorder, TargetFence fence, DeploymentHistory history)
{
    /// <summary>Who decides where nobody did.</summary>
    private const string Nobody = "nobody";

    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DecisionRequest> _questions = new(history.Questions);
    private int _count = history.QuestionCount;

    /// <summary>The question over a step, decided or not; null when there is none.</summary>
    public DecisionRequest? QuestionOf(string step) => _questions.GetValueOrDefault(step);

    /// <summary>The question that goes with a verdict against the deployment. It is journaled with the verdict, so that none is ever without the other.</summary>
    /// <returns>Null when the pipeline's policy asks nobody, or nothing may be decided over the step.</returns>
    public DecisionRequest? QuestionAbout(StepNode node, StepResult result)
    {
        if (definition.AsksOnFailure is not { } policy || result.Status == StepStatus.Canceled || node.Options.AllowedDecisions is not [_, ..] choices)
        {
            return null;
        }

        var attempt = QuestionOf(node.Path) is { } earlier ? earlier.Attempt + 1 : 1;
        return Remember(Make(node.Path, $"{node.Path} {Verdict(result.Status)}{(result.Message is { } message ? $": {message}" : string.Empty)}", choices, DefaultOf(choices, policy.Otherwise), policy.Within) with { Attempt = attempt });
    }

    /// <summary>Asks whether a deployment may pass a gate; what was asked or decided before is not asked again.</summary>
    /// <exception cref="OperationCanceledException">The deployment was canceled, or the step's time was over; nothing is decided.</exception>
    public async ValueTask<Decision> PassGateAsync(string step, string question, TimeSpan within, CancellationToken cancellationToken)
    {
        if (QuestionOf(step) is not { } asked)
        {
            asked = Remember(Make(step, question, [DecisionChoice.Approve, DecisionChoice.Reject], DecisionChoice.Reject, within));
            await recorder.RecordAsync(DeployEventKind.DecisionRequested, e => e with { Step = step, Question = asked }, CancellationToken.None).ConfigureAwait(false);
        }

        return await DecideAsync(asked, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the decision over a step that did not succeed.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Canceled when nobody needs to decide any more: what was done is taken back, as it is without a decision.</param>
    public async ValueTask<Decision> DecideOverFailureAsync(DecisionRequest question, CancellationToken cancellationToken)
    {
        try
        {
            return await DecideAsync(question, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await RecordAsync(question, new Decision(DecisionChoice.RollBack, Nobody, "the deployment was canceled, or decided otherwise, while the question was open")).ConfigureAwait(false);
        }
    }

    private async ValueTask<Decision> DecideAsync(DecisionRequest question, CancellationToken cancellationToken)
    {
        if (question.Decision is { } made)
        {
            return made;
        }

        cancellationToken.ThrowIfCancellationRequested();
        Decision decision;
        try
        {
            decision = await AskAsync(question, cancellationToken).ConfigureAwait(false);
            if (!question.Choices.Contains(decision.Choice))
            {
                decision = new Decision(question.Default, Nobody, $"{decision.By} answered {DecisionWords.Of(decision.Choice)}, which was not offered");
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            decision = new Decision(question.Default, Nobody, $"nobody could be asked: {e.Message}");
        }

        return await RecordAsync(question, decision).ConfigureAwait(false);
    }

    private async ValueTask<Decision> AskAsync(DecisionRequest question, CancellationToken cancellationToken)
    {
        var clock = definition.Services.TimeProvider;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        // An answer that came while no process was there counts, however late it is found: who is asked gets the time to look for it.
        var left = question.Due - clock.GetUtcNow();
        var due = Task.Delay(left > TimeSpan.Zero ? left : LastLook, clock, over.Token);
        var asking = definition.Services.Decisions!.DecideAsync(question, over.Token).AsTask();
        try
        {
            if (await Task.WhenAny(asking, due).ConfigureAwait(false) == asking)
            {
                return await asking.ConfigureAwait(false) ?? throw new InvalidOperationException("the provider of decisions answered with null");
            }

            cancellationToken.ThrowIfCancellationRequested();
            return new Decision(question.Default, Nobody, string.Create(CultureInfo.InvariantCulture, $"there was no answer until {question.Due.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"));
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            _ = asking.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private async ValueTask<Decision> RecordAsync(DecisionRequest question, Decision decision)
    {
        // Who has lost the target while it waited decides nothing any more.
        await fence.PassAsync().ConfigureAwait(false);
        var masked = decision with { By = recorder.Masker.Mask(decision.By), Reason = decision.Reason is { } reason ? recorder.Masker.Mask(reason) : null };
        await recorder.RecordAsync(
            DeployEventKind.DecisionMade,
            e => e with { Step = question.Step, Question = Remember(question with { Decision = masked with { At = e.At } }) },
            CancellationToken.None).ConfigureAwait(false);
        return masked;
    }

    private DecisionRequest Make(string step, string question, IReadOnlyList<DecisionChoice> choices, DecisionChoice otherwise, TimeSpan within)
    {
        var now = definition.Services.TimeProvider.GetUtcNow();
        return new DecisionRequest
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"{recorder.DeploymentId}-{Interlocked.Increment(ref _count)}"),
            DeploymentId = recorder.DeploymentId,
            Step = step,
            Question = recorder.Masker.Mask($"{request.App} {request.Revision}{(definition.Target is { } target ? $" to {target.Name}" : string.Empty)}: {question}"),
            Choices = choices,
            Default = otherwise,
            AskedAt = now,
            Due = now + within,
        };
    }

    private DecisionRequest Remember(DecisionRequest question) => _questions[question.Step] = question;

    /// <summary>A step need not allow what the pipeline does without an answer. Then what is safest of what it allows.</summary>
    private static DecisionChoice DefaultOf(IReadOnlyList<DecisionChoice> choices, DecisionChoice otherwise) =>
        new[] { otherwise, DecisionChoice.RollBack, DecisionChoice.Fail }.FirstOrDefault(choices.Contains, choices[0]);

    private static string Verdict(StepStatus status) => status switch
    {
        StepStatus.Inconclusive => "could not judge",
        StepStatus.Error => "had an accident",
        _ => "failed",
    };
}
