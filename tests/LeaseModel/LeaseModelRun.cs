using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Wercker.Pipeline.Tests.LeaseModel;

/// <summary>
/// Several processes go for the same leases, are stopped and continued in the middle of whatever they do, have their clocks set, and have targets
/// taken away by force. Then the events of all are held against what a lease promises.
/// </summary>
internal sealed partial class LeaseModelRun(string resourcePath, int seed, TimeSpan duration)
{
    private const int DefaultLeases = 200;
    private const int SigStop = 19;
    private const int SigCont = 18;
    private const int Processes = 4;
    private readonly Random _random = new(seed);
    private readonly FencedResource _resource = new(resourcePath);
    private int _stops;
    private int _jumps;

    // WERCKER_LEASE_RUNS says how many leases must have been given before it ends.
    private static int Leases => int.TryParse(Environment.GetEnvironmentVariable("WERCKER_LEASE_RUNS"), CultureInfo.InvariantCulture, out var leases) ? leases : DefaultLeases;

    /// <summary>What the model forbids, each as a query that counts.</summary>
    private static readonly (string What, string Query)[] Forbidden =
    [
        ("two owners of one token", "select count(*) from (select 1 from event where kind = 'acquired' group by target, token having count(*) > 1)"),
        ("writes out of order", "select count(*) from write a join write b on a.target = b.target and a.n < b.n and a.token > b.token"),
        ("two writers with one token", "select count(*) from (select 1 from write group by target, token having count(distinct owner) > 1)"),
        ("told that it is the owner after a later one had begun", "select count(*) from event h join event a on a.target = h.target and a.kind = 'acquired' and a.token > h.token and a.ended < h.begun where h.kind = 'held'"),
        ("told that it is the owner after the target was taken away", "select count(*) from event h join event u on u.target = h.target and u.kind = 'unlocked' and u.token >= h.token and u.ended < h.begun where h.kind = 'held'"),
    ];

    /// <summary>Runs until enough leases were given.</summary>
    /// <param name="store">What the writers open: a path or a connection.</param>
    /// <param name="unlock">Takes a target away, and tells the token of the lease that ended; null when it was free.</param>
    public async Task RunAsync(string store, Func<string, Task<long?>> unlock)
    {
        var writers = Enumerable.Range(0, Processes).Select(number => Start(store, number)).ToArray();
        try
        {
            while (_resource.Count("select count(*) from event where kind = 'acquired'") < Leases)
            {
                await DisturbAsync(writers[_random.Next(Processes)], unlock);
                Assert.That(writers.Where(writer => writer.HasExited), Is.Empty, "a writer has ended");
            }

            foreach (var writer in writers)
            {
                writer.StandardInput.Close();
                await writer.WaitForExitAsync();
            }
        }
        finally
        {
            foreach (var writer in writers)
            {
                writer.Kill();
                writer.Dispose();
            }
        }
    }

    /// <summary>Finds what the model forbids, and tells what there was.</summary>
    public void Verify()
    {
        var counts = new[] { "acquired", "held", "lost", "written", "refused", "unlocked", "busy" }
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{_resource.Count($"select count(*) from event where kind = '{kind}'")} {kind}"));
        TestContext.Out.WriteLine($"seed {seed}: {string.Join(", ", counts)}; {_stops} stops, {_jumps} jumps of a clock");
        foreach (var kind in new[] { "held", "unlocked", "busy" })
        {
            var longest = _resource.Count($"select coalesce(max(ended - begun), 0) from event where kind = '{kind}'") / (double)Stopwatch.Frequency;
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the longest wait for the store that ended with {kind}: {longest:0.0} s"));
        }

        foreach (var (what, query) in Forbidden)
        {
            Assert.That(_resource.Count(query), Is.Zero, what);
        }
    }

    private async Task DisturbAsync(Process writer, Func<string, Task<long?>> unlock)
    {
        switch (_random.Next(8))
        {
            case 0:
                writer.StandardInput.WriteLine((_random.Next(2) == 0 ? -1 : 1) * _random.Next(100_000));
                await writer.StandardInput.FlushAsync();
                _jumps++;
                break;
            case 1:
                var target = $"target-{_random.Next(8)}";
                var begun = Stopwatch.GetTimestamp();
                try
                {
                    if (await unlock(target) is { } token)
                    {
                        _resource.Note("unlocked", target, token, "driver", begun, Stopwatch.GetTimestamp());
                    }
                }
                catch (IOException)
                {
                    // The store was busy for longer than it waits: nothing was taken away.
                    _resource.Note("busy", target, 0, "driver", begun, Stopwatch.GetTimestamp());
                }

                break;
            case < 5:
                // Shorter than a lease, and longer.
                Assert.That(Kill(writer.Id, SigStop), Is.Zero, "stop");
                _stops++;
                await Task.Delay(duration * (_random.NextDouble() * 2));
                Assert.That(Kill(writer.Id, SigCont), Is.Zero, "continue");
                break;
            default:
                await Task.Delay(duration * _random.NextDouble());
                break;
        }
    }

    /// <summary>Starts this assembly as a process that takes leases. The store may hold a password, so it is no argument.</summary>
    private Process Start(string store, int number)
    {
        string[] arguments =
        [
            typeof(LeaseModelRun).Assembly.Location, LeaseWriter.Command, $"writer-{number}", resourcePath,
            (seed + (1000 * number)).ToString(CultureInfo.InvariantCulture), duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true };
        start.Environment[LeaseWriter.StoreVariable] = store;
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
