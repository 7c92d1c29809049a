using Wercker.Pipeline.Stores;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Sqlite.Tests;

/// <summary>The code of docs/crash-safety.md, run against a real file.</summary>
public sealed class CrashSafetyPageTests : IDisposable
{
    private readonly StoreFile _file = new();

    public void Dispose() => _file.Dispose();

    [Test]
    public async Task ResumeAsync_AsThePageSays_GoesOnAfterACrash()
    {
        var dns = new Dns();
        await CrashAsync(dns);

        var report = await ResumeAsync(_file.Path, dns);

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        Assert.That(dns.Switches, Is.EqualTo(1), "the step found out that it had happened");
        Assert.That(report.Warnings, Has.One.Contains("another one went on"));
    }

    private static async Task<DeployReport> ResumeAsync(string path, Dns dns)
    {
        // <store>
        await using var store = new SqliteStore(path);
        var services = new PipelineServices { Journal = store, Lock = store };
        var pipeline = new DeployPipelineBuilder("shop", services)
            .UseTarget(new CustomTarget("production", []))
            .AddStep("SwitchDns", new SwitchDnsStep(dns))
            .AddStep("Test", (_, _) => new(StepResult.Succeeded()), step => step.ResumeBehavior = ResumeBehavior.RunAgain)
            .Build();

        DeployReport? last = null;
        foreach (var interrupted in await store.SearchAsync(new DeploymentSearch { Status = DeployStatus.Running }, CancellationToken.None))
        {
            last = await pipeline.ResumeAsync(interrupted.Id);
        }
        // </store>
        return last!;
    }

    /// <summary>What the journal has of a process that ended behind the switch.</summary>
    private async Task CrashAsync(Dns dns)
    {
        dns.Switch("green");
        await using var store = new SqliteStore(_file.Path);
        var at = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        DeployEvent[] events =
        [
            new()
            {
                DeploymentId = "d1",
                Sequence = 1,
                At = at,
                Kind = DeployEventKind.DeploymentStarted,
                Header = new DeploymentHeader { Pipeline = "shop", App = "shop", Revision = "a1b2c3d", Target = "production", Steps = ["SwitchDns", "Test"] },
            },
            new() { DeploymentId = "d1", Sequence = 2, At = at, Kind = DeployEventKind.StepStarted, Step = "SwitchDns" },
        ];
        foreach (var e in events)
        {
            await store.AppendAsync(e, default);
        }
    }

    private sealed class Dns
    {
        public string Active { get; private set; } = "blue";

        public int Switches { get; private set; }

        public void Switch(string to)
        {
            Active = to;
            Switches++;
        }
    }

    // <step>
    private sealed class SwitchDnsStep(Dns dns) : IReversibleStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken)
        {
            dns.Switch("green");
            return new(StepResult.Succeeded("green is live"));
        }

        public ValueTask<StepResult?> VerifyAsync(DeployContext context, CancellationToken cancellationToken) =>
            new(dns.Active == "green" ? StepResult.Succeeded("green was live already") : null);

        public ValueTask<StepResult> RevertAsync(DeployContext context, CancellationToken cancellationToken)
        {
            if (dns.Active == "blue")
            {
                return new(StepResult.Skipped("blue is live"));
            }

            dns.Switch("blue");
            return new(StepResult.Succeeded("blue is live again"));
        }
    }
    // </step>
}
