using Npgsql;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.PostgreSql.Tests;

/// <summary>One server for all tests; each has a schema of its own in it.</summary>
[SetUpFixture]
public sealed class Server
{
    private static int _count;

    internal static PostgreSqlServer Instance { get; private set; } = null!;

    [OneTimeSetUp]
    public static async Task Start() => Instance = await PostgreSqlServer.StartAsync();

    [OneTimeTearDown]
    public static async Task Stop()
    {
        NpgsqlConnection.ClearAllPools();
        await Instance.DisposeAsync();
    }

    /// <summary>Makes an empty schema; how to connect to it.</summary>
    internal static async Task<string> MakeSchemaAsync()
    {
        var name = $"s{Interlocked.Increment(ref _count)}";
        await QueryAsync(Instance.Connection, $"create schema {name}");
        return $"{Instance.Connection};Search Path={name}";
    }

    /// <summary>Asks a store's database past the store.</summary>
    internal static async Task<string?> QueryAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=False");
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
