using System.Text;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Ssh.Tests.Fleets;

/// <summary>Ten thousand hosts that only answer, each after a latency of fake time: what the fleet itself costs.</summary>
public class SimulatedFleetTests
{
    private const int Parallelism = 100;

    [Test]
    [CancelAfter(300_000)]
    public async Task Push_TenThousandHosts_TakesTimeInProportionAndLittleMemory(CancellationToken cancellationToken)
    {
        var small = await PushAsync(1_000, cancellationToken);
        var large = await PushAsync(10_000, cancellationToken);

        TestContext.Out.WriteLine($"1,000 hosts: {small.Took}, 10,000 hosts: {large.Took}, at most {large.Memory / 1_000_000} MB");
        Assert.That(large.Took / small.Took, Is.EqualTo(10), "time is linear in hosts / parallelism");
        Assert.That(large.Memory, Is.LessThan(400_000_000));
    }

    private static async Task<(TimeSpan Took, long Memory)> PushAsync(int count, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        var source = Directory.CreateTempSubdirectory("wercker-simulated-");
        await File.WriteAllTextAsync(Path.Combine(source.FullName, "index.html"), "one", cancellationToken);
        var options = new SshOptions
        {
            Hosts = [.. Enumerable.Range(1, count).Select(i => new SshHost($"host{i}"))],
            Path = "/srv/shop",
            Fleet = new SshFleet { Parallelism = Parallelism },
        };
        var world = new World(time, count);
        var started = time.GetUtcNow();
        await using var pool = new HostPool(world);
        await using var target = new SshTarget(options, "fleet", pool);
        var report = await new StepHarness { Target = target, Request = new("shop", "v1") { Source = Source.Directory(source.FullName) }, Services = new() { TimeProvider = time } }
            .RunAsync(new PushStep(), cancellationToken);
        source.Delete(recursive: true);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message + report.Error);
        Assert.That(report.Evidence.Single(one => one.Kind == "hosts").Title, Is.EqualTo($"{count} hosts: {count} released"));
        Assert.That(world.Open, Is.LessThanOrEqualTo(64 + Parallelism), "connections that are kept");
        return (time.GetUtcNow() - started, world.Memory);
    }

    /// <summary>Hosts that answer all at once, after a latency, when as many wait as can.</summary>
    private sealed class World(FakeTimeProvider time, int hosts) : ISshConnector
    {
        private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(100);
        private readonly Lock _lock = new();
        private TaskCompletionSource _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;
        private int _answered;
        private int _open;

        public long Memory { get; private set; }

        public int Open { get; private set; }

        public Task<ISshConnection> ConnectAsync(SshHost host, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                Open = Math.Max(Open, ++_open);
            }

            return Task.FromResult<ISshConnection>(new Connection(this));
        }

        private Task AnswerAsync()
        {
            lock (_lock)
            {
                var answers = _answers;
                if (++_waiting == Math.Min(Parallelism, hosts - (_answered % hosts)))
                {
                    _answered += _waiting;
                    _waiting = 0;
                    _answers = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    time.Advance(Latency);
                    Memory = Math.Max(Memory, GC.GetTotalMemory(false));
                    answers.SetResult();
                }

                return answers.Task;
            }
        }

        private sealed class Connection(World world) : ISshConnection
        {
            public bool IsAlive => true;

            public async Task<int> RunAsync(
                string command, Func<Stream, CancellationToken, Task>? feed, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> output, CancellationToken cancellationToken)
            {
                await world.AnswerAsync();
                var phase = command.Split('\n')[0].Split(' ')[^1];
                if (phase == "prepare")
                {
                    await output(OutputStream.Output, "@wercker need 0\n"u8.ToArray());
                    await feed!(Stream.Null, cancellationToken);
                }

                await output(OutputStream.Output, Encoding.UTF8.GetBytes($"@wercker current \n@wercker {(phase == "prepare" ? "prepared" : "was \n@wercker done")}\n"));
                return 0;
            }

            public Task<ISshShell> OpenShellAsync(CancellationToken cancellationToken) => throw new NotSupportedException("Fleets open no shells.");

            public ValueTask DisposeAsync()
            {
                lock (world._lock)
                {
                    world._open--;
                }

                return ValueTask.CompletedTask;
            }
        }
    }
}
