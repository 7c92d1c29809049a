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
    public static string? TextOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>A statement with its parameters.</summary>
internal readonly record struct Statement(string Sql, IReadOnlyList<(string Name, object? Value)> Values);
