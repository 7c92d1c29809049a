using System.Globalization;
using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests.Chaos;

/// <summary>What is deployed to while the tool is killed again and again, and looked at afterwards without the tool.</summary>
internal abstract class ChaosWorld : IAsyncDisposable
{
    private static readonly string[] Scripts = ["pre", "push", "post"];

    public abstract Workspace Work { get; }

    /// <summary>Where the tool keeps its runs.</summary>
    public abstract ChaosStore Store { get; }

    /// <summary>The number of the version that is deployed.</summary>
    protected int Round { get; private set; }

    /// <summary>The text of the new version.</summary>
    protected string New => Name(Round);

    /// <summary>Goes on to the next version, with a project that deploys it.</summary>
    public async Task NextAsync(Random random)
    {
        Round++;
        await PrepareAsync(random, mustFail: random.Next(4) == 0);
    }

    /// <summary>Finds what is wrong once the deployment is over.</summary>
    /// <param name="run">The run as the tool lists it; null when it was killed before anything was recorded.</param>
    public async Task VerifyAsync(JsonElement? run)
    {
        var status = run?.GetProperty("status").GetString();
        Assert.That(await GetLiveAsync(), Is.EqualTo(status == "succeeded" ? New : Old), "what is live");
        await VerifyTargetAsync();
        foreach (var script in Scripts)
        {
            Assert.That(Count(script), Is.LessThanOrEqualTo(1), $"{script} ran twice");
        }

        if (run is { } known)
        {
            // Completes the files of one that was killed between its last event and its last report.
            var shown = await Work.RunAsync("report", known.GetProperty("id").GetString()!);
            Assert.That(shown.ExitCode, Is.Zero, shown.ToString());
            await VerifyRunAsync(known);
        }

        Old = status == "succeeded" ? New : Old;
    }

    public abstract ValueTask DisposeAsync();

    /// <summary>The text of the version before.</summary>
    protected string Old { get; private set; } = Name(0);

    protected static string Name(int round) => string.Create(CultureInfo.InvariantCulture, $"version-{round}");

    protected abstract Task PrepareAsync(Random random, bool mustFail);

    protected abstract Task<string> GetLiveAsync();

    /// <summary>Looks for what else may be left at the target.</summary>
    protected abstract Task VerifyTargetAsync();

    /// <summary>A command that leaves a trace of each of its runs.</summary>
    protected string Trace(string script) => $"echo x >> {Work.Out($"{script}-{Round}")}; sleep 0.1";

    /// <summary>What a test must see, in shell text: the new version, or after a roll back the old one.</summary>
    protected string Expected(bool mustFail) => $"$(test -n \"$WERCKER_ROLLED_BACK\" && echo {Old} || echo {(mustFail ? "nothing" : New)})";

    private int Count(string script) => File.Exists(Work.Out($"{script}-{Round}")) ? File.ReadAllLines(Work.Out($"{script}-{Round}")).Length : 0;

    private async Task VerifyRunAsync(JsonElement run)
    {
        Assert.That(run.GetProperty("restore").GetString(), Is.AnyOf("notNeeded", "restored"));
        Assert.That(Work.Processes(), Is.Empty, "processes");
        Assert.That(Directory.EnumerateDirectories(Work.Temporary, "wercker-*"), Is.Empty, "directories");
        var id = run.GetProperty("id").GetString()!;
        var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(Work.State, "runs", id, "report.json"))).RootElement;
        Assert.That(report.GetProperty("status").GetString(), Is.EqualTo(run.GetProperty("status").GetString()), "the report's verdict");
        Assert.That(report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("status").GetString()), Has.None.EqualTo("running"), "the report's steps");
        Assert.That(await Store.CountLeasesAsync(id), Is.Zero, "a lease is held");
    }
}
