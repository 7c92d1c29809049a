using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Wercker.Pipeline.Tests.LeaseModel;

namespace Wercker.Pipeline.Sqlite.Tests;

public sealed class SqliteLeaseModelTests : IDisposable
{
    private const int DefaultLeases = 200;
    private static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(400);
    private readonly StoreFile _file = new();

    private static int Leases => int.TryParse(Environment.GetEnvironmentVariable("WERCKER_LEASE_RUNS"), CultureInfo.InvariantCulture, out var leases) ? leases : DefaultLeases;

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task Lease_ProcessesStoppedClocksSetTargetsUnlocked_NeverTwoWritersPastTheFence()
    {
        await using var store = new SqliteStore(_file.Path);
        var seed = Environment.TickCount;
        var model = new LeaseModelRun(_file.Path + ".resource", seed, Duration);

        await model.RunAsync(Leases, StartWriter, async target =>
        {
            try
            {
                return (await store.UnlockAsync(target, "chaos", "driver", CancellationToken.None))?.FencingToken;
            }
            catch (SqliteException)
            {
                // Busy for longer than the store waits, on a machine that has more to do: nothing was taken away.
                return null;
            }
        });

        model.Verify();
    }

    private Process StartWriter(string name, int seed)
    {
        string[] arguments =
        [
            typeof(SqliteLeaseModelTests).Assembly.Location, "writer", name, _file.Path, _file.Path + ".resource",
            seed.ToString(CultureInfo.InvariantCulture), Duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true })!;
    }
}
