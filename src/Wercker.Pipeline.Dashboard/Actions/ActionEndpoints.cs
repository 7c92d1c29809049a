using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Security;
using Wercker.Pipeline.Dashboard.Targets;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Dashboard.Actions;

/// <summary>What people do. The store records each with who did it, in the transaction that does it.</summary>
internal static class ActionEndpoints
{
    public static async Task<IResult> AnswerAsync(string project, string id, HttpContext context, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var store = visit.Project!.Store;
        if (await DeploymentReader.FindAsync(visit.Project, id, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        if (await Posted.ReadAsync(context.Request, cancellationToken).ConfigureAwait(false) is not { } posted || posted.Find("question") is not { } wanted || posted.Find("choice") is not { } word)
        {
            return Refusal.Bad(context, "Say which question is answered (question), and how (choice).");
        }

        var questions = await store.ListQuestionsAsync(id, cancellationToken).ConfigureAwait(false);
        if (questions.FirstOrDefault(one => one.Id == wanted) is not { } question)
        {
            return Refusal.Conflict(context, "The deployment does not wait for this decision any more: it was made, or its time was over.");
        }

        var chosen = question.Choices.Where(one => DecisionWords.Of(one).Equals(word, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (chosen.Length == 0)
        {
            return Refusal.Bad(context, $"This question allows {DecisionWords.Of(question.Choices)}, and nothing else.");
        }

        var answer = new Decision(chosen[0], Visitor.NameOf(context), posted.Find("reason"));
        return await store.AnswerAsync(question, answer, cancellationToken).ConfigureAwait(false) switch
        {
            null => Refusal.Conflict(context, "The deployment does not wait for this decision any more: it was made, or its time was over."),
            var counts when counts with { At = null } != answer => Refusal.Conflict(context, $"It was decided before: {DecisionWords.Of(counts)}."),
            _ => Done.At(visit.Urls.Deployment(visit.Project.Name, id), Notices.Answered),
        };
    }

    public static async Task<IResult> CancelAsync(string project, string id, HttpContext context, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        var store = visit.Project!.Store;
        if (await DeploymentReader.FindAsync(visit.Project, id, cancellationToken).ConfigureAwait(false) is not { } entry)
        {
            return Refusal.NoDeployment(context);
        }

        if (entry.Status != DeployStatus.Running)
        {
            return Refusal.Conflict(context, "The deployment is over: there is nothing to cancel.");
        }

        if (await DeploymentReader.FindInterruptionAsync(store, entry, cancellationToken).ConfigureAwait(false) is not null)
        {
            return Refusal.Conflict(context, $"Nobody is there to cancel it: its process has ended, or its target was taken away. 'wercker resume {id} --undo' takes it back.");
        }

        await store.RequestCancelAsync(id, Visitor.NameOf(context), cancellationToken).ConfigureAwait(false);
        return Done.At(visit.Urls.Deployment(visit.Project.Name, id), Notices.Canceled);
    }

    public static Task<IResult> FreezeAsync(string project, string target, HttpContext context, CancellationToken cancellationToken) => ChangeAsync(
        target,
        context,
        "message",
        "Say what those who want to deploy are told (message).",
        async (store, name, message, by) =>
        {
            try
            {
                await store.FreezeAsync(name, message, by, cancellationToken).ConfigureAwait(false);
                return null;
            }
            catch (DeploymentLockedException taken)
            {
                return $"The target cannot be frozen now. {taken.Message}";
            }
        },
        Notices.Frozen,
        cancellationToken);

    public static Task<IResult> ThawAsync(string project, string target, HttpContext context, CancellationToken cancellationToken) => ChangeAsync(
        target,
        context,
        "reason",
        "Say why the target is thawed (reason); it is recorded.",
        async (store, name, reason, by) => await store.ThawAsync(name, reason, by, cancellationToken).ConfigureAwait(false) is null ? "The target is not frozen." : null,
        Notices.Thawed,
        cancellationToken);

    public static Task<IResult> UnlockAsync(string project, string target, HttpContext context, CancellationToken cancellationToken) => ChangeAsync(
        target,
        context,
        "reason",
        "Say why the target is taken away (reason); it is recorded.",
        async (store, name, reason, by) => await store.UnlockAsync(name, reason, by, cancellationToken).ConfigureAwait(false) is null ? "The target is free: nobody holds it." : null,
        Notices.Unlocked,
        cancellationToken);

    public static async Task<IResult> TestAsync(string project, string target, int connection, HttpContext context, ConnectionTests tests, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        if (await TargetReader.FindAsync(visit.Project!, target, cancellationToken).ConfigureAwait(false) is not { } found || found.Connections.ElementAtOrDefault(connection) is not { } one)
        {
            return Refusal.Of(context, StatusCodes.Status404NotFound, "No such connection", "There is no such connection of the target.");
        }

        var result = await tests.TestAsync(visit.Project!, found, one, Visitor.NameOf(context), cancellationToken).ConfigureAwait(false);
        return Done.At(visit.Urls.Admin, Notices.Tested, result);
    }

    private static async Task<IResult> ChangeAsync(
        string target,
        HttpContext context,
        string field,
        string need,
        Func<Stores.IDeploymentStore, string, string, string, Task<string?>> change,
        string notice,
        CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        if (await TargetReader.FindAsync(visit.Project!, target, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return Refusal.NoTarget(context);
        }

        if (await Posted.ReadAsync(context.Request, cancellationToken).ConfigureAwait(false) is not { } posted || posted.Find(field) is not { } text)
        {
            return Refusal.Bad(context, need);
        }

        return await change(visit.Project!.Store, found.Name, text, Visitor.NameOf(context)).ConfigureAwait(false) is { } obstacle
            ? Refusal.Conflict(context, obstacle)
            : Done.At(visit.Urls.Target(visit.Project.Name, found.Name), notice);
    }
}
