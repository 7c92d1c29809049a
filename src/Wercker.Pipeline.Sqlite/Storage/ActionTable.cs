using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>What people did: who, when, what and why. Lines are only added.</summary>
internal static class ActionTable
{
    private static readonly ActionQuery Query = new(Database.Dialect);

    // Whoever answers at once with somebody else finds the other's line: SQLite lets one write at a time.
    private const string WhileOpen = """
        where exists (select 1 from deployment where id = @deployment and status = 'Running')
        and not exists (select 1 from question where id = @question and decided)
        """;

    public static void Add(SqliteConnection connection, ActionEntry action, DateTimeOffset now) => connection.Run(Query.Add(action, now));

    public static string? FindCancel(SqliteConnection connection, string deployment) => connection.List(Query.FindCancel(deployment), reader => reader.GetString(0)).FirstOrDefault();

    public static Decision? FindAnswer(SqliteConnection connection, string question) => connection.List(Query.FindAnswer(question), Query.ReadAnswer).FirstOrDefault();

    /// <summary>Adds an answer while the question is open.</summary>
    /// <returns>The answer that counts; null when the question is not open.</returns>
    public static Decision? Answer(SqliteConnection connection, DecisionRequest question, Decision decision, DateTimeOffset now) =>
        connection.Run(Query.Add(ActionQuery.Answering(question, decision), now, WhileOpen)) == 1 ? FindAnswer(connection, question.Id) : null;

    public static List<ActionEntry> List(SqliteConnection connection, string? deployment, long? before, int limit) => connection.List(Query.List(deployment, before, limit), Query.Read);
}
