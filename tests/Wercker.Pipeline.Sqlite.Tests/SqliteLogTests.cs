using System.Globalization;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Tests.Stores;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteLogTests : OutputLogRules
{
    private StoreFile _file = null!;
    private SqliteStore _store = null!;

    private string LogFile => Path.ChangeExtension(_file.Path, null) + "-log.db";

    [SetUp]
    public void Make()
    {
        _file = new StoreFile();
        _store = new SqliteStore(_file.Path);
    }

    [TearDown]
    public async Task Close()
    {
        await _store.DisposeAsync();
        _file.Dispose();
    }

    [Test]
    public async Task PruneLogsAsync_LargeLogs_GiveTheirRoomBack()
    {
        using (var log = Open("d1"))
        {
            log.Write(System.Security.Cryptography.RandomNumberGenerator.GetBytes(3_000_000));
        }

        await PruneAsync(TimeSpan.Zero, 0, 0);
        await ChangeAsync((_, _) => "pragma wal_checkpoint(truncate)");

        Assert.That(new FileInfo(LogFile).Length, Is.LessThan(200_000));
        Assert.That(File.Exists(_file.Path), Is.False, "logs leave the file of the deployments alone");
    }

    protected override Stream Open(string deployment) => _store.OpenLog(deployment);

    protected override IAsyncEnumerable<ReadOnlyMemory<byte>> Read(string deployment, long from) => _store.ReadLogAsync(deployment, from, default);

    protected override async Task<(long Length, long Kept, bool IsClosed)?> FindAsync(string deployment) =>
        await _store.FindLogAsync(deployment, default) is { } log ? (log.Length, log.KeptBytes, log.IsClosed) : null;

    protected override async Task<int> PruneAsync(TimeSpan age, int count, long bytes)
    {
        await using var store = new SqliteStore(_file.Path) { LogAge = age, LogCount = count, LogBytes = bytes };
        return await store.PruneLogsAsync(default);
    }

    protected override Task ChangeAsync(Func<string, string, string> sql)
    {
        using var connection = new SqliteConnection($"Data Source={LogFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql("block", "log");
        command.ExecuteNonQuery();
        return Task.CompletedTask;
    }

    protected override string HoursAgo(int hours) => DateTimeOffset.UtcNow.AddHours(-hours).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
}
