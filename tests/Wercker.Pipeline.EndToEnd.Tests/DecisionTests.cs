using System.Text.Json;
using System.Text.RegularExpressions;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Decisions over runs of another process.</summary>
public sealed partial class DecisionTests
{
    private const int SigKill = 9;

    private const string Asks = """
        {
          "deploy": ["echo x >> $OUT/tries", "test -e $OUT/ready"],
          "targets": {"live": {"rollback": ["echo old > $OUT/world"], "decisions": {"onFailure": "ask", "within": "1h"}}}
        }
        """;

    [Test]
    public async Task Deploy_FailureIsAskedOver_RetryFromAnotherProcessSucceedsAndIsInTheReport()
    {
        using var work = new Workspace();
        work.Config(Asks);
        using var tool = work.StartDeploy("--report", work.Out("report"));
        var id = await UntilAskedAsync(tool);
        await File.WriteAllTextAsync(work.Out("ready"), string.Empty);

        var wrong = await work.RunAsync("decide", id, "approve");
        var decided = await work.RunAsync("decide", id, "retry", "--reason", "it is ready now");
        var result = await tool.WaitAsync();

        Assert.That(wrong.ExitCode, Is.EqualTo(2));
        Assert.That(wrong.Error, Does.Contain("say one of retry, fail, roll-back"));
        Assert.That(decided.Output, Does.Contain("Push: retry by").And.Contain("it is ready now"), decided.ToString());
        Assert.That(result.ExitCode, Is.EqualTo(0), result.ToString());
        Assert.That(await File.ReadAllLinesAsync(work.Out("tries")), Has.Length.EqualTo(2));
        var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(work.Out("report"), "report.json"))).RootElement;
        Assert.That(report.GetProperty("decisions")[0].GetProperty("choice").GetString(), Is.EqualTo("retry"));
        foreach (var form in new[] { "report.md", "report.html", "deploy.log" })
        {
            Assert.That(await File.ReadAllTextAsync(Path.Combine(work.Out("report"), form)), Does.Contain("it is ready now"), form);
        }
    }

    [Test]
    public async Task Deploy_KilledWhileItIsAsked_ADecisionIsKeptAndResumeTakesItAndAsksNobodyAgain()
    {
        using var work = new Workspace();
        work.Config(Asks);
        string id;
        using (var tool = work.StartDeploy())
        {
            id = await UntilAskedAsync(tool);
            tool.Signal(SigKill);
            await tool.WaitAsync();
        }

        var runs = await work.RunAsync("runs");
        var plan = await work.RunAsync("plan");
        var report = await work.RunAsync("report");
        var decided = await work.RunAsync("decide", id, "roll-back");
        var resumed = await work.RunAsync("resume");

        foreach (var said in new[] { runs, plan, report })
        {
            Assert.That(said.Error, Does.Contain($"Run {id}").And.Contain("was interrupted").And.Contain("waits for a decision over Push").And.Contain("--abandon"), said.ToString());
        }

        Assert.That(decided.Output, Does.Contain("No process waits for it"), decided.ToString());
        Assert.That(resumed.ExitCode, Is.EqualTo(1), resumed.ToString());
        Assert.That(resumed.Output, Does.Contain("Decision: Push: roll-back by").And.Contain("put back"));
        Assert.That(await File.ReadAllLinesAsync(work.Out("tries")), Has.Length.EqualTo(1));
        Assert.That((await work.RunAsync("decide", id, "retry")).Error, Does.Contain("waits for no decision"));
    }

    [TestCase("approve", 0)]
    [TestCase("reject", 1)]
    public async Task Deploy_WithAGate_WaitsForTheApprovalBeforeAnythingIsChanged(string choice, int exitCode)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["touch $OUT/live"], "targets": {"live": {"decisions": {"approval": {"within": "1h", "question": "Before the weekend?"}}}}}""");
        using var tool = work.StartDeploy();
        var id = await UntilAskedAsync(tool);
        Assert.That(File.Exists(work.Out("live")), Is.False);
        Assert.That(tool.Error, Does.Contain("Before the weekend?"));

        await work.RunAsync("decide", id, choice);
        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(exitCode), result.ToString());
        Assert.That(File.Exists(work.Out("live")), Is.EqualTo(exitCode == 0));
    }

    [Test]
    public async Task Deploy_NobodyApproves_IsRejectedAtTheDeadline()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["touch $OUT/live"], "targets": {"live": {"decisions": {"approval": {"within": "1s"}}}}}""");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("rejected by nobody: there was no answer until"));
        Assert.That(File.Exists(work.Out("live")), Is.False);
    }

    [Test]
    public async Task Deploy_OnFailureLeave_LeavesTheTarget()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["touch $OUT/live", "false"], "targets": {"live": {"rollback": ["rm $OUT/live"]}}}""");

        var result = await work.DeployAsync("--on-failure", "leave");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(File.Exists(work.Out("live")));
        Assert.That((await work.DeployAsync("--on-failure", "pray")).ExitCode, Is.EqualTo(2));
    }

    [TestCase("""{"onFailure": "pray"}""", "onFailure")]
    [TestCase("""{"webhook": {"url": "https://chat.example"}}""", "webhook.secret")]
    [TestCase("""{"approval": {"within": "90d"}}""", "approval.within")]
    [TestCase("""{"ask": true}""", "ask")]
    public async Task Validate_WrongDecisions_NamesTheirPlace(string decisions, string key)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["true"], "targets": {"live": {"decisions": SETTINGS}}}""".Replace("SETTINGS", decisions, StringComparison.Ordinal));

        var result = await work.RunAsync("validate");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain($"targets.live.decisions.{key}"));
    }

    /// <summary>Waits until the run says how it can be answered; its id.</summary>
    private static async Task<string> UntilAskedAsync(ToolProcess tool)
    {
        await tool.UntilAsync(() => Advice().IsMatch(tool.Error), "the question");
        return Advice().Match(tool.Error).Groups[1].Value;
    }

    [GeneratedRegex("'wercker decide (\\S+) ")]
    private static partial Regex Advice();
}
