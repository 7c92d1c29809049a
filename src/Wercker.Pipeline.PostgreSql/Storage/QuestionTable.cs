using Npgsql;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>Which questions are open, kept in the statements of the events that ask and decide them.</summary>
internal static class QuestionTable
{
    /// <summary>A part of the statement that records an event: @question is its question's id, null without one; @decided whether there is a decision.</summary>
    public const string Keep = """
        asked as (
            insert into wercker_question(id, deployment, sequence, decided) select @question, id, @s, @decided from moved where @question is not null
            on conflict(id) do update set decided = excluded.decided returning 1),
        closed as (update wercker_question set decided = true where @status is not null and not decided and deployment = @d and exists (select 1 from added) returning 1)
        """;

    public static async Task<List<DecisionRequest>> OpenAsync(NpgsqlConnection connection, string? deployment, CancellationToken cancellationToken)
    {
        var questions = await connection.ListAsync(
            """
            select e.body from wercker_question q join wercker_event e on e.deployment = q.deployment and e.sequence = q.sequence
            where not q.decided and (@d is null or q.deployment = @d)
            """,
            [("d", deployment)],
            reader => DeployEvent.FromJson(reader.GetFieldValue<byte[]>(0)).Question!,
            cancellationToken).ConfigureAwait(false);
        return [.. questions.OrderBy(question => question.AskedAt)];
    }
}
