using Npgsql;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>What people did: who, when, what and why. Lines are only added.</summary>
internal static class ActionTable
{
    private static readonly ActionQuery Query = new(Database.Dialect);

    // The deployment's row is locked: of two who answer at once, the second one finds the first one's line, and no event comes in between.
    private const string WhileOpen = """
        from (select 1 from wercker_deployment where id = @deployment and status = 'Running' for no key update) held
        where not exists (select 1 from wercker_question where id = @question and decided)
        """;

    public static Task<int> AddAsync(NpgsqlConnection connection, ActionEntry action, CancellationToken cancellationToken) => AddAsync(connection, action, null, cancellationToken);

    /// <summary>The end of a statement that does something to a target: its line, when it was done.</summary>
    /// <param name="action">The line.</param>
    /// <param name="done">A part of the statement that has a row when it was done.</param>
    public static Statement Behind(ActionEntry action, string done) => Query.Add(action, default, $"from {done}");

    public static async Task<string?> FindCancelAsync(NpgsqlConnection connection, string deployment, CancellationToken cancellationToken) =>
        (await connection.ListAsync(Query.FindCancel(deployment), reader => reader.GetString(0), cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    public static async Task<Decision?> FindAnswerAsync(NpgsqlConnection connection, string question, CancellationToken cancellationToken) =>
        (await connection.ListAsync(Query.FindAnswer(question), Query.ReadAnswer, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Adds an answer while the question is open.</summary>
    /// <returns>The answer that counts; null when the question is not open.</returns>
    public static async Task<Decision?> AnswerAsync(NpgsqlConnection connection, DecisionRequest question, Decision decision, CancellationToken cancellationToken) =>
        await AddAsync(connection, ActionQuery.Answering(question, decision), WhileOpen, cancellationToken).ConfigureAwait(false) == 1
            ? await FindAnswerAsync(connection, question.Id, cancellationToken).ConfigureAwait(false)
            : null;

    public static Task<List<ActionEntry>> ListAsync(NpgsqlConnection connection, string? deployment, long? before, int limit, CancellationToken cancellationToken) =>
        connection.ListAsync(Query.List(deployment, before, limit), Query.Read, cancellationToken);

    private static Task<int> AddAsync(NpgsqlConnection connection, ActionEntry action, string? source, CancellationToken cancellationToken)
    {
        var statement = Query.Add(action, default, source);
        return connection.RunAsync(statement.Sql, statement.Values, cancellationToken);
    }
}
