using Wercker.Pipeline.Tests.LeaseModel;

namespace Wercker.Pipeline.PostgreSql.Tests;

public sealed class PostgreSqlLeaseModelTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(400);

    [Test]
    public async Task Lease_ProcessesStoppedClocksSetTargetsUnlocked_NeverTwoWritersPastTheFence()
    {
        var connection = await Server.MakeSchemaAsync();
        var directory = Directory.CreateTempSubdirectory("wercker-lease-model-").FullName;
        try
        {
            await using var store = new PostgreSqlStore(connection);
            var model = new LeaseModelRun(Path.Combine(directory, "resource"), Environment.TickCount, Duration);

            await model.RunAsync(connection, async target => (await store.UnlockAsync(target, "chaos", "driver", CancellationToken.None))?.FencingToken);

            model.Verify();
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
