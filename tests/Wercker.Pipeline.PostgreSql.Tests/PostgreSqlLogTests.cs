using Wercker.Pipeline.Tests.Stores;

namespace Wercker.Pipeline.PostgreSql.Tests;

public sealed class PostgreSqlLogTests : OutputLogRules
{
    private string _connection = string.Empty;
    private PostgreSqlStore _store = null!;

    [SetUp]
    public async Task Make() => _store = new PostgreSqlStore(_connection = await Server.MakeSchemaAsync());

    [TearDown]
    public async Task Close() => await _store.DisposeAsync();

    protected override Stream Open(string deployment) => _store.OpenLog(deployment);

    protected override IAsyncEnumerable<ReadOnlyMemory<byte>> Read(string deployment, long from) => _store.ReadLogAsync(deployment, from, default);

    protected override async Task<(long Length, long Kept, bool IsClosed)?> FindAsync(string deployment) =>
        await _store.FindLogAsync(deployment, default) is { } log ? (log.Length, log.KeptBytes, log.IsClosed) : null;

    protected override async Task<int> PruneAsync(TimeSpan age, int count, long bytes)
    {
        await using var store = new PostgreSqlStore(_connection) { LogAge = age, LogCount = count, LogBytes = bytes };
        return await store.PruneLogsAsync(default);
    }

    protected override Task ChangeAsync(Func<string, string, string> sql) => Server.QueryAsync(_connection, sql("wercker_log_block", "wercker_log"));

    protected override string HoursAgo(int hours) => $"clock_timestamp() - interval '{hours} hours'";
}
