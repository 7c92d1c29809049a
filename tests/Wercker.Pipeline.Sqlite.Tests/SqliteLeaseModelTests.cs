using Wercker.Pipeline.Tests.LeaseModel;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteLeaseModelTests : IDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(400);
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task Lease_ProcessesStoppedClocksSetTargetsUnlocked_NeverTwoWritersPastTheFence()
    {
        await using var store = new SqliteStore(_file.Path);
        var model = new LeaseModelRun(_file.Path + ".resource", Environment.TickCount, Duration);

        await model.RunAsync(_file.Path, async target => (await store.UnlockAsync(target, "chaos", "driver", CancellationToken.None))?.FencingToken);

        model.Verify();
    }
}
