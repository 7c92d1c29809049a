using System.Data.Common;

namespace Wercker.Pipeline.Stores;

/// <summary>Searches in the list of deployments.</summary>
internal sealed class DeploymentQuery(StoreDialect dialect)
{
    private const string Columns = "id, pipeline, app, revision, target, requested_by, status, restore, started, finished";
    private readonly string _table = dialect.Prefix + "deployment";

    /// <summary>What a search for a text looks at, in lower case: looking for a part of that is several times faster than five comparisons without regard to case.</summary>
    public static string WordsOf(params ReadOnlySpan<string?> words) => string.Join('\n', words).ToLowerInvariant();

    public Statement Find(string id) => new($"select {Columns} from {_table} where id = @id", [("id", id)]);

    public Statement Search(DeploymentSearch search)
    {
        // Two comparisons that say the same once: the first one is what an index can be used for.
        var first = $"(select started from {_table} where id = @after)";
        var asked = Conditions(search);
        asked.Add(($"started <= {first} and (started < {first} or id < @after)", "after", search.After));
        asked.Add((null, "n", search.Limit));
        return Of($"select {Columns} from {_table}", asked, "order by started desc, id desc limit @n");
    }

    public Statement Count(DeploymentSearch search) => Of($"select count(*) from {_table}", Conditions(search), string.Empty);

    public DeploymentEntry Read(DbDataReader reader) => new()
    {
        Id = reader.GetString(0),
        Pipeline = StoreDialect.TextOrNull(reader, 1),
        App = StoreDialect.TextOrNull(reader, 2),
        Revision = StoreDialect.TextOrNull(reader, 3),
        Target = StoreDialect.TextOrNull(reader, 4),
        RequestedBy = StoreDialect.TextOrNull(reader, 5),
        Status = Enum.Parse<DeployStatus>(reader.GetString(6)),
        Restore = StoreDialect.TextOrNull(reader, 7) is { } restore ? Enum.Parse<RestoreStatus>(restore) : null,
        StartedAt = dialect.ReadTime(reader, 8),
        FinishedAt = reader.IsDBNull(9) ? null : dialect.ReadTime(reader, 9),
    };

    private List<(string? Condition, string Name, object? Value)> Conditions(DeploymentSearch search) =>
    [
        ("app = @app", "app", search.App),
        ("target = @target", "target", search.Target),
        ("status = @status", "status", search.Status?.ToString()),
        ("started >= @since", "since", search.Since is { } since ? dialect.WriteTime(since) : null),
        ("started < @until", "until", search.Until is { } until ? dialect.WriteTime(until) : null),
        ($"{dialect.Position}(words, @text) > 0", "text", search.Text?.ToLowerInvariant()),
    ];

    /// <summary>Only what is asked for stands in the statement, so that the indexes are of use.</summary>
    private static Statement Of(string select, List<(string? Condition, string Name, object? Value)> asked, string order)
    {
        asked.RemoveAll(one => one.Value is null);
        var conditions = asked.Where(one => one.Condition is not null).Select(one => $"({one.Condition})").ToArray();
        return new($"{select}{(conditions.Length == 0 ? string.Empty : $" where {string.Join(" and ", conditions)}")} {order}", [.. asked.Select(one => (one.Name, one.Value))]);
    }
}
