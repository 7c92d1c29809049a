using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.PostgreSql.Storage;

/// <summary>What every statement needs. Parameters that may be null say their type, because a null has none.</summary>
internal static class Commands
{
    public static NpgsqlCommand Prepare(this NpgsqlConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values)
        {
            command.Parameters.Add(value is null
                ? new NpgsqlParameter(name, NpgsqlDbType.Text) { Value = DBNull.Value }
                : new NpgsqlParameter(name, value is string text ? Clean(text) : value));
        }

        return command;
    }

    /// <summary>Runs a statement; the number of rows that it changed.</summary>
    public static async Task<int> RunAsync(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object? Value)> values, CancellationToken cancellationToken)
    {
        var command = connection.Prepare(sql, [.. values]);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a question with one row of answers at most.</summary>
    public static async Task<T?> AskAsync<T>(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object? Value)> values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = await connection.ListAsync(sql, values, read, cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>Runs a question.</summary>
    public static async Task<List<T>> ListAsync<T>(
        this NpgsqlConnection connection, string sql, IReadOnlyList<(string Name, object? Value)> values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var command = connection.Prepare(sql, [.. values]);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
        }
    }

    public static Task<List<T>> ListAsync<T>(this NpgsqlConnection connection, Statement statement, Func<DbDataReader, T> read, CancellationToken cancellationToken) =>
        connection.ListAsync(statement.Sql, statement.Values, reader => read(reader), cancellationToken);

    public static DateTimeOffset Time(this NpgsqlDataReader reader, int column) => new(reader.GetDateTime(column), TimeSpan.Zero);

    /// <summary>PostgreSQL's texts hold every character but this one.</summary>
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
