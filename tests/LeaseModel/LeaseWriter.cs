using System.Diagnostics;
using System.Globalization;
using Wercker.Pipeline.Locks;

namespace Wercker.Pipeline.Tests.LeaseModel;

/// <summary>A process that takes leases on some targets again and again, and writes while it has them.</summary>
internal static class LeaseWriter
{
    /// <summary>Runs until its input ends; a line of it is a jump of the clock in seconds.</summary>
    /// <param name="name">The process's name.</param>
    /// <param name="targets">How many targets it goes for at once.</param>
    /// <param name="resourcePath">The resource that all processes write to.</param>
    /// <param name="seed">Of its choices.</param>
    /// <param name="open">Opens the lock on trial, with a clock that jumps.</param>
    public static async Task<int> RunAsync(string name, int targets, string resourcePath, int seed, Func<TimeProvider, IDeploymentLock> open)
    {
        var clock = new JumpingClock();
        using var resource = new FencedResource(resourcePath);
        using var stop = new CancellationTokenSource();
        var @lock = open(clock);
        var working = Enumerable.Range(0, targets).Select(target => Task.Run(() => WorkAsync(@lock, resource, $"target-{target}", name, new Random(seed + target), stop.Token))).ToArray();
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
