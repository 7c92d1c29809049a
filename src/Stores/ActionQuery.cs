using System.Data.Common;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Stores;

/// <summary>What people did, in a table to which lines are only added. The first line counts: of those who cancel, and of those who answer.</summary>
internal sealed class ActionQuery(StoreDialect dialect)
{
    public const string Cancel = "cancel";
    public const string Decide = "decide";
    public const string Freeze = "freeze";
    public const string Thaw = "thaw";
    public const string Unlock = "unlock";

    private const string Columns = "at, by, kind, deployment, target, question, choice, reason";
    private readonly string _table = dialect.Prefix + "action";

    /// <summary>That a lease was ended.</summary>
    public static ActionEntry Ending(LeaseEntry lease, string reason, string by) =>
        new() { Kind = lease.DeploymentId is null ? Thaw : Unlock, By = by, Target = lease.Target, DeploymentId = lease.DeploymentId, Reason = reason };

    public static ActionEntry Answering(DecisionRequest question, Decision decision) =>
        new() { Kind = Decide, By = decision.By, DeploymentId = question.DeploymentId, QuestionId = question.Id, Choice = decision.Choice, Reason = decision.Reason };

    /// <exception cref="ArgumentException">The answer cannot count.</exception>
    public static void Check(DecisionRequest question, Decision decision)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(decision);
        ArgumentException.ThrowIfNullOrWhiteSpace(decision.By, nameof(decision));
        if (!question.Choices.Contains(decision.Choice))
        {
            throw new ArgumentException($"The question {question.Id} does not offer {decision.Choice}, but {string.Join(", ", question.Choices)}.", nameof(decision));
        }
    }

    /// <summary>Adds a line.</summary>
    /// <param name="action">The line.</param>
    /// <param name="now">The time, for databases that are told it.</param>
    /// <param name="source">From where, and under which condition, it is selected; null for always.</param>
    public Statement Add(ActionEntry action, DateTimeOffset now, string? source = null) => new(
        $"insert into {_table}({Columns}) select {dialect.Now}, @by, @kind, @deployment, @target, @question, @choice, @reason {source}",
        [
            ("now", dialect.WriteTime(now)), ("by", action.By), ("kind", action.Kind), ("deployment", action.DeploymentId), ("target", action.Target),
            ("question", action.QuestionId), ("choice", action.Choice?.ToString()), ("reason", action.Reason),
        ]);

    /// <summary>Who asked first for a cancellation.</summary>
    public Statement FindCancel(string deployment) =>
        new($"select by from {_table} where deployment = @deployment and kind = @kind order by number limit 1", [("deployment", deployment), ("kind", Cancel)]);

    /// <summary>The answer that counts.</summary>
    public Statement FindAnswer(string question) => new($"select choice, by, reason, at from {_table} where question = @question order by number limit 1", [("question", question)]);

    public Statement List(string? deployment, long? before, int limit)
    {
        List<(string Condition, string Name, object? Value)> asked = [("deployment = @deployment", "deployment", deployment), ("number < @before", "before", before)];
        asked.RemoveAll(one => one.Value is null);
        return new(
            $"select number, {Columns} from {_table}{(asked.Count == 0 ? string.Empty : $" where {string.Join(" and ", asked.Select(one => one.Condition))}")} order by number desc limit @n",
            [.. asked.Select(one => (one.Name, one.Value)), ("n", limit)]);
    }

    public Decision ReadAnswer(DbDataReader reader) => new(Enum.Parse<DecisionChoice>(reader.GetString(0)), reader.GetString(1), StoreDialect.TextOrNull(reader, 2)) { At = dialect.ReadTime(reader, 3) };

    public ActionEntry Read(DbDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        At = dialect.ReadTime(reader, 1),
        By = reader.GetString(2),
        Kind = reader.GetString(3),
        DeploymentId = StoreDialect.TextOrNull(reader, 4),
        Target = StoreDialect.TextOrNull(reader, 5),
        QuestionId = StoreDialect.TextOrNull(reader, 6),
        Choice = StoreDialect.TextOrNull(reader, 7) is { } choice ? Enum.Parse<DecisionChoice>(choice) : null,
        Reason = StoreDialect.TextOrNull(reader, 8),
    };
}
