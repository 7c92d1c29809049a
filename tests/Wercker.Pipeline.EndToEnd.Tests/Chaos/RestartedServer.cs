using Npgsql;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>A PostgreSQL of its own that is stopped in all three ways, and started again.</summary>
internal sealed class RestartedServer : ChaosStore
{
    private static readonly TimeSpan LongestAway = TimeSpan.FromSeconds(1.5);
    private readonly PostgreSqlServer _server;

    private RestartedServer(Workspace work, PostgreSqlServer server)
        : base(work)
    {
        _server = server;

        // That a busy machine lets nobody in for a while is not what is tested here; a server that is stopped refuses at once.
        work.Variable("WERCKER_STORE", $"{server.Address}?connect_timeout=90");
    }

    public override bool Breaks => true;

    public static async Task<ChaosStore> StartAsync(Workspace work) => new RestartedServer(work, await PostgreSqlServer.StartAsync());

    public override TimeSpan? DrawDuration(Random random) => random.NextDouble() * LongestAway;

    public override async Task<bool> BreakAsync(double choice)
    {
        await _server.StopAsync((ServerStop)(int)(choice * 3));
        return true;
    }

    public override Task MendAsync() => _server.GoOnAsync();

    public override async Task<long> CountLeasesAsync(string deployment)
    {
        await using var source = NpgsqlDataSource.Create(_server.Connection + ";Pooling=False");
        await using var command = source.CreateCommand("select count(*) from wercker_lease where deployment = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = deployment });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public override async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }
}
