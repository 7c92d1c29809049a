using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Testing.Contracts;

/// <summary>Questions and answers.</summary>
public sealed partial class DeploymentStoreContract
{
    private static async Task KeepsQuestionsAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", cancellationToken: cancellationToken).ConfigureAwait(false);
        await StartAsync(store, "d2", cancellationToken: cancellationToken).ConfigureAwait(false);
        await AskAsync(store, Question("d1"), 2, cancellationToken).ConfigureAwait(false);
        await store.AppendAsync(Event("d2", 2, DeployEventKind.StepFinished) with { Step = "Push", Status = StepStatus.Failed, Question = Question("d2", 2) }, cancellationToken).ConfigureAwait(false);
        var open = await store.ListQuestionsAsync(null, cancellationToken).ConfigureAwait(false);
        Expect.That(open.Select(question => question.Id).SequenceEqual(["d1-1", "d2-2"]), $"Open are {string.Join(", ", open)}; the oldest question is the first.");
        Expect.That(open[0].Question == Question("d1").Question && open[0].Choices.SequenceEqual(Question("d1").Choices), "A question is listed otherwise than it was asked.");
        Expect.That((await store.ListQuestionsAsync("d2", cancellationToken).ConfigureAwait(false)) is [{ Id: "d2-2" }], "The questions of one deployment are not its own.");

        await store.AppendAsync(
            Event("d1", 3, DeployEventKind.DecisionMade) with { Step = "Push", Question = Question("d1") with { Decision = new Decision(DecisionChoice.Retry, "ann") } }, cancellationToken).ConfigureAwait(false);
        Expect.That((await store.ListQuestionsAsync("d1", cancellationToken).ConfigureAwait(false)).Count == 0, "A question that was decided is still open.");
        await store.AppendAsync(Finish("d2", 3), cancellationToken).ConfigureAwait(false);
        Expect.That((await store.ListQuestionsAsync(null, cancellationToken).ConfigureAwait(false)).Count == 0, "A deployment that is over still waits over a question.");
    }

    private static async Task AnswersOnceAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", cancellationToken: cancellationToken).ConfigureAwait(false);
        var question = Question("d1");
        await AskAsync(store, question, 2, cancellationToken).ConfigureAwait(false);
        var first = await store.AnswerAsync(question, new Decision(DecisionChoice.RollBack, "ann", "too slow"), cancellationToken).ConfigureAwait(false);
        Expect.That(first is { Choice: DecisionChoice.RollBack, By: "ann", Reason: "too slow", At: not null }, $"The first answer is {first}.");
        var second = await store.AnswerAsync(question, new Decision(DecisionChoice.Retry, "ben"), cancellationToken).ConfigureAwait(false);
        Expect.That(second == first, $"After an answer of ann, {second} counts.");
        Expect.That(await store.DecideAsync(question, cancellationToken).ConfigureAwait(false) == first, "Who waits gets another answer than the one that counts.");
        var actions = await store.ListActionsAsync("d1", null, 10, cancellationToken).ConfigureAwait(false);
        var recorded = string.Join(" | ", actions.Select(action => $"{action.Kind} {action.QuestionId} {action.Choice} by {action.By} for {action.Reason ?? "nothing"}"));
        Expect.That(recorded == "decide d1-1 Retry by ben for nothing | decide d1-1 RollBack by ann for too slow", $"Recorded {recorded}.");
    }

    private static async Task RefusesAnswersAsync(IDeploymentStore store, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", cancellationToken: cancellationToken).ConfigureAwait(false);
        var question = Question("d1");
        await AskAsync(store, question, 2, cancellationToken).ConfigureAwait(false);
        foreach (var wrong in new[] { new Decision(DecisionChoice.Approve, "ann"), new Decision(DecisionChoice.Retry, " ") })
        {
            await Expect.ThrowsAsync($"{wrong} was taken for an answer.", async () => await store.AnswerAsync(question, wrong, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        }

        await store.AppendAsync(
            Event("d1", 3, DeployEventKind.DecisionMade) with { Step = "Push", Question = question with { Decision = new Decision(DecisionChoice.Retry, "nobody") } }, cancellationToken).ConfigureAwait(false);
        var late = await store.AnswerAsync(question, new Decision(DecisionChoice.RollBack, "ann"), cancellationToken).ConfigureAwait(false);
        Expect.That(late is null, "A question that was decided was answered.");
        await store.AppendAsync(Finish("d1", 4), cancellationToken).ConfigureAwait(false);
        late = await store.AnswerAsync(Question("d1", 7), new Decision(DecisionChoice.RollBack, "ann"), cancellationToken).ConfigureAwait(false);
        Expect.That(late is null, "A question of a deployment that is over was answered.");
        Expect.That((await store.ListActionsAsync(null, null, 10, cancellationToken).ConfigureAwait(false)).Count == 0, "An answer that does not count was recorded.");
    }

    private static async Task WaitsForAnswersAsync(
        IDeploymentStore store, Func<IDeploymentStore, CancellationToken, ValueTask<IDeploymentStore>> reopen, CancellationToken cancellationToken)
    {
        await StartAsync(store, "d1", cancellationToken: cancellationToken).ConfigureAwait(false);
        await AskAsync(store, Question("d1", 1), 2, cancellationToken).ConfigureAwait(false);
        await AskAsync(store, Question("d1", 2), 3, cancellationToken).ConfigureAwait(false);
        var other = await reopen(store, cancellationToken).ConfigureAwait(false);
        await using (other.ConfigureAwait(false))
        {
            var waiting = store.DecideAsync(Question("d1", 2), cancellationToken).AsTask();
            await other.AnswerAsync(Question("d1", 1), new Decision(DecisionChoice.Retry, "ben"), cancellationToken).ConfigureAwait(false);
            var early = await store.DecideAsync(Question("d1", 1), cancellationToken).AsTask().WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            Expect.That(early is { Choice: DecisionChoice.Retry, By: "ben" }, $"The answer that came before somebody waited is {early}.");
            Expect.That(!waiting.IsCompleted, "The answer to another question was taken.");
            await other.AnswerAsync(Question("d1", 2), new Decision(DecisionChoice.RollBack, "ann", "enough"), cancellationToken).ConfigureAwait(false);
            var late = await waiting.WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            Expect.That(late is { Choice: DecisionChoice.RollBack, By: "ann", Reason: "enough" }, $"The answer that came while somebody waited is {late}.");
            await Expect.CanceledAsync(nameof(store.DecideAsync), async token => await store.DecideAsync(Question("d1", 3), token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task AskAsync(IDeploymentStore store, DecisionRequest question, long sequence, CancellationToken cancellationToken) =>
        await store.AppendAsync(Event(question.DeploymentId, sequence, DeployEventKind.DecisionRequested) with { Step = question.Step, Question = question }, cancellationToken).ConfigureAwait(false);
}
