using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>Which questions are open, kept with the events that ask and decide them.</summary>
internal static class QuestionTable
{
    /// <summary>Keeps what an event says about questions, in its transaction.</summary>
    public static void Keep(SqliteConnection connection, DeployEvent e)
    {
        if (e.Question is { } question)
        {
            connection.Run(
                "insert into question(id, deployment, sequence, decided) values(@q, @d, @s, @c) on conflict do update set decided = @c",
                ("@q", question.Id),
                ("@d", e.DeploymentId),
                ("@s", e.Sequence),
                ("@c", question.Decision is not null));
        }

        if (e.Kind == DeployEventKind.DeploymentFinished)
        {
            connection.Run("update question set decided = 1 where deployment = @d and decided = 0", ("@d", e.DeploymentId));
        }
    }

    public static List<DecisionRequest> Open(SqliteConnection connection, string? deployment) =>
    [
        .. connection.List(
            new(
                """
                select e.body from question q join event e on e.deployment = q.deployment and e.sequence = q.sequence
                where q.decided = 0 and (@d is null or q.deployment = @d)
                """,
                [("@d", deployment)]),
            reader => DeployEvent.FromJson((byte[])reader[0]).Question!).OrderBy(question => question.AskedAt),
    ];
}
