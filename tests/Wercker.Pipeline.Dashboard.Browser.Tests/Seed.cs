using System.Text;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Testing;
using Wercker.Pipeline.Tests.Servers;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Deployments that every page has something to show of. Each ran in a pipeline; nobody wrote into the store by hand.</summary>
internal sealed class Seed : IAsyncDisposable
{
    public const int LongLog = 100_000;
    // After the roll back it finds the shop well again.
    private const string Smoke = "echo \"asking for /$1\"\n[ -n \"$WERCKER_ROLLED_BACK\" ] && exit 0\necho 'Price: NaN EUR'\necho \"FAIL $1 shows a price\" >&2\nexit 3\n";

    /// <summary>Went well.</summary>
    public required string Good { get; init; }

    /// <summary>Its post-deploy test said no, and the target was put back.</summary>
    public required string Failed { get; init; }

    /// <summary>Hostile in everything that can be.</summary>
    public required string Hostile { get; init; }

    /// <summary>Printed <see cref="LongLog"/> lines, with an error in the middle of them, and failed.</summary>
    public required string Long { get; init; }

    /// <summary>Waits for somebody's approval until all tests are over.</summary>
    public required Run Asked { get; init; }

    public static async Task<Seed> SowAsync(Site site)
    {
        await using var good = Run.Start(site, Good_, target: "production");
        await good.EndAsync();
        var source = Directory.CreateDirectory(Path.Combine(site.Directory, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "smoke.sh"), Smoke);
        await using var failed = Run.Start(site, Failing, new DeployRequest("shop", "f00dcafe4d5e6f708192a3b4c5d6e7f8091a2b3c") { Source = Source.Directory(source) }, "production");
        await using var hostile = Run.Start(site, Spoil, new DeployRequest(Corpus(1), Corpus(0)) { RequestedBy = Corpus(2), Variables = new Dictionary<string, string> { ["EVIL"] = Corpus(3), ["GOOD"] = Corpus(11) } }, Browser.Tests.Hostile.TargetName);
        await using var big = Run.Start(site, PrintALot, target: "staging");
        var ends = await Task.WhenAll(good.EndAsync(), failed.EndAsync(), hostile.EndAsync(), big.EndAsync());
        Assert.That(ends.Select(end => end.Status), Is.EqualTo(new[] { DeployStatus.Succeeded, DeployStatus.Failed, DeployStatus.Failed, DeployStatus.Failed }), string.Join('\n', ends.Select(end => end.Summary)));
        await site.Store.FreezeAsync("frozen", Corpus(1), Corpus(2), CancellationToken.None);
        var asked = Run.Start(site, builder => builder.AddSetup().AddApproval("Approve", TimeSpan.FromHours(2), "The tests are green. Deploy before the weekend?").AddPush());
        await ServerProcess.UntilAsync("the question", async () => (await site.Store.ListQuestionsAsync(asked.Id, CancellationToken.None)).Count > 0);
        return new Seed { Good = good.Address, Failed = failed.Address, Hostile = hostile.Address, Long = big.Address, Asked = asked };
    }

    public ValueTask DisposeAsync() => Asked.DisposeAsync();

    private static string Corpus(int number) => Browser.Tests.Hostile.Corpus[number];

    private static void Good_(DeployPipelineBuilder builder)
    {
        var start = DateTimeOffset.UtcNow.AddMinutes(-10);
        JsonObject beats = new()
        {
            ["expression"] = "shop.web1.heartbeat",
            ["points"] = new JsonArray([.. Enumerable.Range(0, 60).Select(i => new JsonArray(start.AddSeconds(600 + (5 * i)).ToUnixTimeSeconds(), 40 + (i % 7)))]),
            ["baseline"] = new JsonArray([.. Enumerable.Range(0, 60).Select(i => new JsonArray(start.AddSeconds(5 * i).ToUnixTimeSeconds(), 41 + (i % 5)))]),
            ["window"] = new JsonObject { ["before"] = start.AddSeconds(400).ToUnixTimeSeconds(), ["from"] = start.AddSeconds(600).ToUnixTimeSeconds() },
            ["limits"] = new JsonObject { ["maximum"] = 60 },
            ["why"] = "the median is where it was",
        };
        builder.AddSetup().AddMaintenanceOn().AddPush().AddRestart()
            .AddStep("PostDeployTest", Says("12 checks passed", new Evidence("text", "transcript") { Text = "ok 1 home page\nok 2 checkout" }))
            .AddStep("MetricsTest", Says("1 host beats until the end", new Evidence("metric", "shop.web1.heartbeat") { Data = beats }));
    }

    private static void Failing(DeployPipelineBuilder builder) => builder.UseSandbox(new ProcessSandboxProvider()).AddWerckerFlow(flow =>
    {
        flow.PreDeploy = [new("echo building; echo \u001b[32mdone\u001b[0m")];
        flow.PostDeployTest = [new("bash smoke.sh checkout")];
        flow.WarmUp = TimeSpan.Zero;
        flow.LogTest(test => test.From(new FakeLogSource(), "error"));
        flow.MetricsTest(test => test.Heartbeat(new FakeMetricSource(), "shop.*.heartbeat"));
    });

    private static void Spoil(DeployPipelineBuilder builder)
    {
        foreach (var (text, number) in Browser.Tests.Hostile.Corpus.Select((text, number) => (text, number)))
        {
            var name = new string([.. $"{number} {text}".Replace('/', '\u2215').Where(c => !char.IsControl(c) && !char.IsSurrogate(c) && c is < '\u2000' or '\u2215').Take(80)]);
            builder.AddStep(name.Trim(), async (context, cancellationToken) =>
            {
                await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(string.Join('\n', Browser.Tests.Hostile.Corpus) + "\n"), cancellationToken);
                await context.Output.WriteAsync(OutputStream.Error, Encoding.UTF8.GetBytes(text + "\n"), cancellationToken);
                await context.Output.NoteAsync(text, cancellationToken);
                await context.WarnAsync(text, cancellationToken);
                return StepResult.Succeeded(
                    text,
                    new Evidence("text", text) { Text = text },
                    new Evidence("command", text) { Text = text, Data = new JsonObject { ["command"] = text, ["exitCode"] = 0, ["seconds"] = 1 } },
                    new Evidence(text, text) { Data = new JsonObject { [text] = text } },
                    new Evidence("log", text) { Data = new JsonObject { ["count"] = 1, ["query"] = text, ["signatures"] = new JsonArray(new JsonObject { ["template"] = text, ["count"] = 1, ["samples"] = new JsonArray(text) }) } },
                    new Evidence("http", text) { Data = new JsonObject { ["url"] = text, ["probes"] = new JsonArray(new JsonObject { ["words"] = text, ["version"] = text, ["status"] = 200 }) } });
            });
        }

        builder.AddStep("Throws", (_, _) => throw new InvalidOperationException(string.Join('\n', Browser.Tests.Hostile.Corpus)));
    }

    private static void PrintALot(DeployPipelineBuilder builder) => builder.AddStep("Print", async (context, cancellationToken) =>
    {
        var lines = new StringBuilder();
        for (var i = 1; i <= LongLog; i++)
        {
            lines.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i == LongLog / 2 ? "\u001b[31mERROR\u001b[0m: the middle is broken" : "compiled module")} {i}\n");
            if (i % 1000 == 0)
            {
                await context.Output.WriteAsync(i == LongLog / 2 ? OutputStream.Error : OutputStream.Output, Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken);
                lines.Clear();
            }
        }

        return StepResult.Failed($"module {LongLog / 2} is broken");
    });

    private static Func<DeployContext, CancellationToken, ValueTask<StepResult>> Says(string message, params Evidence[] evidence) => (_, _) => ValueTask.FromResult(StepResult.Succeeded(message, evidence));
}
