using System.Data.Common;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Sqlite.Storage;

/// <summary>What every statement needs.</summary>
internal static class Commands
{
    public static SqliteCommand Prepare(this SqliteConnection connection, Statement statement) => connection.Prepare(statement.Sql, [.. statement.Values]);

    public static int Run(this SqliteConnection connection, Statement statement) => connection.Run(statement.Sql, [.. statement.Values]);

    /// <summary>Runs a question.</summary>
    public static List<T> List<T>(this SqliteConnection connection, Statement statement, Func<DbDataReader, T> read)
    {
        using var command = connection.Prepare(statement);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static SqliteCommand Prepare(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <summary>Runs statements; the number of rows that they changed.</summary>
    public static int Run(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Prepare(sql, values);
        return command.ExecuteNonQuery();
    }
}
