using System.Data.Common;

namespace Wercker.Pipeline.Stores;

/// <summary>Where the SQL of the databases differs. Both take parameters as @name.</summary>
/// <param name="Prefix">What the names of the tables begin with.</param>
/// <param name="Position">The function that finds a text in another one; greater than 0 when it is there.</param>
/// <param name="Now">What is the present time within a statement; @now is given.</param>
/// <param name="WriteTime">A time as a parameter.</param>
/// <param name="ReadTime">A time in a column.</param>
internal sealed record StoreDialect(string Prefix, string Position, string Now, Func<DateTimeOffset, object> WriteTime, Func<DbDataReader, int, DateTimeOffset> ReadTime)
{
    /// <summary>A lease from the columns target, token, deployment, owner, pipeline, message, since, process; orphaned when that process is known to have ended.</summary>
    public LeaseEntry ReadLease(DbDataReader reader) => new()
    {
        Target = reader.GetString(0),
        FencingToken = reader.GetInt64(1),
        DeploymentId = TextOrNull(reader, 2),
        Owner = reader.GetString(3),
        Pipeline = TextOrNull(reader, 4),
        Message = TextOrNull(reader, 5),
        Since = ReadTime(reader, 6),
        IsOrphaned = TextOrNull(reader, 7) is { } process && ProcessIdentity.HasEnded(process),
    };

    public static string? TextOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>A statement with its parameters.</summary>
internal readonly record struct Statement(string Sql, IReadOnlyList<(string Name, object? Value)> Values);
