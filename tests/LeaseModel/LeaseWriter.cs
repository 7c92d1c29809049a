using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Tests.LeaseModel;

/// <summary>A process that takes leases on some targets again and again, and writes while it has them.</summary>
internal static class LeaseWriter
{
    public const string Command = "writer";
    public const string StoreVariable = "LEASE_MODEL_STORE";
    private const int Targets = 8;

    /// <summary>Runs until its input ends; a line of it is a jump of the clock in seconds.</summary>
    /// <param name="arguments">writer NAME RESOURCE SEED MILLISECONDS, as the model starts it.</param>
    /// <param name="open">Opens the lock on trial: its store, how long a lease lasts, and a clock that jumps.</param>
    public static async Task<int> RunAsync(string[] arguments, Func<string, TimeSpan, TimeProvider, IDeploymentLock> open)
    {
        if (arguments is not [Command, var name, var resourcePath, var seedText, var milliseconds])
        {
            return 2;
        }

        var seed = int.Parse(seedText, CultureInfo.InvariantCulture);
        var clock = new JumpingClock();
        using var resource = new FencedResource(resourcePath);
        using var stop = new CancellationTokenSource();
        var @lock = open(Environment.GetEnvironmentVariable(StoreVariable)!, TimeSpan.FromMilliseconds(double.Parse(milliseconds, CultureInfo.InvariantCulture)), clock);
        var working = Enumerable.Range(0, Targets).Select(target => Task.Run(() => WorkAsync(@lock, resource, $"target-{target}", name, new Random(seed + target), stop.Token))).ToArray();
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync() is { } line)
        {
            clock.Jump(TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture)));
        }

        await stop.CancelAsync();
        await Task.WhenAll(working);
        return 0;
    }

    private static async Task WorkAsync(IDeploymentLock @lock, FencedResource resource, string target, string name, Random random, CancellationToken cancellationToken)
    {
        for (var run = 0; !cancellationToken.IsCancellationRequested; run++)
        {
            var owner = $"{name}-{target}-{run}";
            var begun = Stopwatch.GetTimestamp();
            IDeploymentLease lease;
            try
            {
                lease = await @lock.AcquireAsync(target, new LeaseRequest(owner, name, TimeSpan.FromSeconds(5)), cancellationToken);
            }
            catch (Exception e) when (e is DeploymentLockedException or OperationCanceledException)
            {
                continue;
            }
            catch (IOException)
            {
                // The store was busy for longer than it waits. That is no lease.
                resource.Note("busy", target, 0, owner, begun, Stopwatch.GetTimestamp());
                continue;
            }

            await using (lease)
            {
                resource.Note("acquired", target, lease.FencingToken, owner, begun, Stopwatch.GetTimestamp());
                for (var writes = random.Next(1, 4); writes > 0; writes--)
                {
                    begun = Stopwatch.GetTimestamp();
                    var isHeld = await lease.CheckAsync(CancellationToken.None);
                    resource.Note(isHeld ? "held" : "lost", target, lease.FencingToken, owner, begun, Stopwatch.GetTimestamp());
                    if (!isHeld)
                    {
                        break;
                    }

                    begun = Stopwatch.GetTimestamp();
                    var isTaken = resource.Write(target, lease.FencingToken, owner);
                    resource.Note(isTaken ? "written" : "refused", target, lease.FencingToken, owner, begun, Stopwatch.GetTimestamp());
                }
            }
        }
    }
}
