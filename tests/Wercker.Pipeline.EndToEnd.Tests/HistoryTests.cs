using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>runs, log and report: what the tool remembers.</summary>
public sealed class HistoryTests
{
    private const int SigTerm = 15;

    [Test]
    public async Task Runs_NoRuns_SaysSoAndGivesAnEmptyArray()
    {
        using var work = new Workspace();

        var text = await work.RunAsync("runs");
        var json = await work.RunAsync("runs", "--json");

        Assert.That((text.ExitCode, text.Output, json.ExitCode), Is.EqualTo((0, string.Empty, 0)));
        Assert.That(text.Error, Does.Contain("There are no runs"));
        Assert.That(Workspace.Json(json).GetArrayLength(), Is.Zero);
        Assert.That(Directory.Exists(work.State), Is.False, "looking changes nothing");
    }

    [Test]
    public async Task Runs_SeveralRuns_ListsTheNewestFirst()
    {
        using var work = new Workspace();
        work.Deploy("true");
        await work.DeployAsync();
        work.Deploy("false");
        await work.DeployAsync();

        var text = await work.RunAsync("runs");
        var runs = Workspace.Json(await work.RunAsync("runs", "--json")).EnumerateArray().ToArray();

        Assert.That(runs.Select(run => run.GetProperty("status").GetString()), Is.EqualTo(new[] { "failed", "succeeded" }));
        Assert.That(runs.Select(run => run.GetProperty("app").GetString()), Is.All.EqualTo("shop"));
        Assert.That(runs.Select(run => run.GetProperty("finishedAt").ValueKind), Is.All.EqualTo(JsonValueKind.String));
        var lines = text.Output.TrimEnd('\n').Split('\n');
        Assert.That(lines.Select(line => line.Split("  ")[0]), Is.EqualTo(runs.Select(run => run.GetProperty("id").GetString())));
        Assert.That(lines[0], Does.Contain("failed"));
    }

    [Test]
    public async Task Runs_MoreThanTheLimit_SaysHowManyAreNotListed()
    {
        using var work = new Workspace();
        work.Deploy("true");
        await work.DeployAsync();
        await work.DeployAsync();
        work.Deploy("false");
        await work.DeployAsync();

        var newest = await work.RunAsync("runs", "--limit", "1");
        var good = Workspace.Json(await work.RunAsync("runs", "--status", "succeeded", "--json"));
        var nowhere = await work.RunAsync("runs", "--target", "moon");
        var named = Workspace.Json(await work.RunAsync("runs", "--search", newest.Output.Split("  ")[0], "--json"));
        var wrong = await work.RunAsync("runs", "--limit", "0");

        Assert.That(newest.Output.TrimEnd('\n').Split('\n'), Has.Length.EqualTo(1).And.All.Contains("failed"));
        Assert.That(newest.Error, Does.Contain("2 older runs are not listed: --limit 3 lists all"));
        Assert.That(good.EnumerateArray().Select(run => run.GetProperty("status").GetString()), Is.EqualTo(new[] { "succeeded", "succeeded" }));
        Assert.That((nowhere.ExitCode, nowhere.Output, named.GetArrayLength(), wrong.ExitCode), Is.EqualTo((0, string.Empty, 1, 2)));
        Assert.That(nowhere.Error, Does.Contain("There are no such runs"));
    }

    [Test]
    public async Task Report_OfARun_IsTheOneThatDeployPrinted()
    {
        using var work = new Workspace();
        work.Deploy("echo why; exit 3");
        var deployed = await work.DeployAsync("--json");
        var id = Workspace.Json(deployed).GetProperty("id").GetString()!;

        var latest = await work.RunAsync("report", "--json");
        var named = await work.RunAsync("report", id[^6..], "--json", "--state", ".wercker");
        var text = await work.RunAsync("report", id);

        Assert.That(latest.Output, Is.EqualTo(deployed.Output));
        Assert.That(named.Output, Is.EqualTo(deployed.Output));
        Assert.That((latest.ExitCode, text.ExitCode), Is.EqualTo((0, 0)), "showing a failed run is no failure");
        Assert.That(text.Output, Does.Contain("Failed to deploy shop").And.Contain("exit code 3").And.Contain("| why").And.Contain("MetricsTest"));
    }

    [Test]
    public async Task Log_OfARun_HasEveryLineAlsoAsJson()
    {
        using var work = new Workspace();
        work.Deploy("seq 1 5000");
        await work.DeployAsync();

        var text = await work.RunAsync("log");
        var json = Workspace.Json(await work.RunAsync("log", "--json"));

        Assert.That(text.ExitCode, Is.Zero, text.ToString());
        Assert.That(text.Output, Is.EqualTo(work.Log));
        Assert.That(json.GetProperty("lines").EnumerateArray().Select(line => line.GetString()), Is.EqualTo(work.Log.TrimEnd('\n').Split('\n')));
    }

    [Test]
    public async Task Log_Follow_ShowsLinesWhileTheyComeAndEndsWithTheRun()
    {
        using var work = new Workspace();
        work.Deploy("echo first; while [ ! -e $OUT/go ]; do sleep 0.05; done; echo last");
        using var deploy = work.StartDeploy();
        await deploy.UntilAsync(() => deploy.Error.Contains("Push | first", StringComparison.Ordinal), "the first line");
        using var follow = work.Start("log", "--follow");
        await follow.UntilAsync(() => follow.Output.Contains("| first\n", StringComparison.Ordinal), "the first line in the followed log");
        Assert.That(follow.Output, Does.Not.Contain("| last\n"));
        var running = Workspace.Json(await work.RunAsync("runs", "--json"))[0];

        await File.WriteAllTextAsync(work.Out("go"), "");
        var deployed = await deploy.WaitAsync();
        var followed = await follow.WaitAsync();

        Assert.That(running.GetProperty("status").GetString(), Is.EqualTo("running"));
        Assert.That((deployed.ExitCode, followed.ExitCode), Is.EqualTo((0, 0)));
        Assert.That(followed.Output, Is.EqualTo(work.Log));
    }

    [Test]
    public async Task Log_FollowCanceled_Ends()
    {
        using var work = new Workspace();
        work.Deploy("echo first; sleep 4711");
        using var deploy = work.StartDeploy();
        await deploy.UntilAsync(() => deploy.Error.Contains("Push | first", StringComparison.Ordinal), "the first line");
        using var follow = work.Start("log", "--follow");
        await follow.UntilAsync(() => follow.Output.Contains("| first\n", StringComparison.Ordinal), "the first line in the followed log");

        follow.Signal(SigTerm);
        await follow.WaitAsync();
        deploy.Signal(SigTerm);

        Assert.That((await deploy.WaitAsync()).ExitCode, Is.EqualTo(130), "the deployment itself went on until it was told");
    }

    [TestCase("report")]
    [TestCase("log")]
    public async Task History_UnknownRun_ExitsTwo(string command)
    {
        using var work = new Workspace();
        work.Deploy("true");
        var none = await work.RunAsync(command);
        await work.DeployAsync();

        var unknown = await work.RunAsync(command, "../../etc");
        var json = await work.RunAsync(command, "nope", "--json");

        Assert.That((none.ExitCode, unknown.ExitCode, json.ExitCode), Is.EqualTo((2, 2, 2)));
        Assert.That(unknown.Error, Does.Contain("There is no run '../../etc'").And.Contain("wercker runs"));
        Assert.That(Workspace.Json(json).GetProperty("error").GetProperty("message").GetString(), Does.Contain("nope"));
    }

    [Test]
    public async Task Runs_ADamagedJournal_DoesNotHideTheOthers()
    {
        using var work = new Workspace();
        work.Deploy("true");
        await work.DeployAsync();
        await work.DeployAsync();
        await work.DamageNewestRunAsync();

        var result = await work.RunAsync("runs", "--json");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(Workspace.Json(result).GetArrayLength(), Is.EqualTo(1));
        Assert.That(result.Error, Does.Contain("damaged"));
    }
}
