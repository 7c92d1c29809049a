using System.Xml.Linq;

namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class DeployTests
{
    private static readonly string[] ReportFiles = ["deploy.log", "junit.xml", "report.html", "report.json", "report.md"];

    [Test]
    public async Task Deploy_CommandsSucceed_ExitsZeroWithTheVerdictOnStandardOutput()
    {
        using var work = new Workspace();
        work.Deploy("echo to the log", "echo done > $OUT/done");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.StartWith("Deployed shop local to custom.").And.Contain("report.html").And.Not.Contain("to the log"));
        Assert.That(result.Error, Does.Contain("Push | to the log").And.Contain("== Push succeeded"));
        Assert.That(File.ReadAllText(work.Out("done")), Is.EqualTo("done\n"));
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "to the log" }));
    }

    [Test]
    public async Task Deploy_CommandFails_ExitsOneAndStopsThePhase()
    {
        using var work = new Workspace();
        work.Deploy("echo the reason >&2; exit 7", "touch $OUT/too-far");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("Failed to deploy shop").And.Contain("Root cause: Push failed").And.Contain("exit code 7").And.Contain("| the reason"));
        Assert.That(File.Exists(work.Out("too-far")), Is.False);
    }

    [Test]
    public async Task Deploy_Json_WritesOneDocumentThatEqualsTheReportFile()
    {
        using var work = new Workspace();
        work.Deploy("echo hello");

        var result = await work.DeployAsync("--json", "--report", work.Out("report"));

        var json = Workspace.Json(result);
        Assert.That(json.GetProperty("status").GetString(), Is.EqualTo("succeeded"));
        Assert.That(json.GetProperty("app").GetString(), Is.EqualTo("shop"));
        Assert.That(result.Output, Is.EqualTo(File.ReadAllText(Path.Combine(work.Out("report"), "report.json"))));
        Assert.That(result.Error, Does.Contain("Push | hello"));
    }

    [Test]
    public async Task Deploy_Report_WritesAllFilesAlsoOnFailure([Values("true", "false")] string command)
    {
        using var work = new Workspace();
        work.Deploy(command);

        await work.DeployAsync("--report", "out/report");

        var directory = Path.Combine(work.Project, "out", "report");
        Assert.That(Directory.GetFiles(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal), Is.EqualTo(ReportFiles));
        Assert.That(XDocument.Load(Path.Combine(directory, "junit.xml")).Root!.Attribute("failures")!.Value, Is.EqualTo(command == "true" ? "0" : "1"));
        Assert.That(File.ReadAllText(Path.Combine(directory, "report.html")), Does.Contain("shop"));
        Assert.That(File.ReadAllText(Path.Combine(directory, "deploy.log")), Does.Contain($"$ {command}"));
    }

    [Test]
    public async Task Deploy_State_IsPrivateIgnoredByGitAndNeverDeployed()
    {
        using var work = new Workspace();
        work.Deploy("ls -A > $OUT/files");
        await work.DeployAsync("--report", "report");

        var second = await work.DeployAsync("--report", "report");

        Assert.That(second.ExitCode, Is.Zero, second.ToString());
        Assert.That(File.ReadAllLines(work.Out("files")), Is.EqualTo(new[] { "wercker.json" }), "neither state nor reports are deployed");
        Assert.That(File.ReadAllText(Path.Combine(work.State, ".gitignore")), Is.EqualTo("*\n"));
        var runs = Directory.GetDirectories(Path.Combine(work.State, "runs"));
        Assert.That(runs, Has.Length.EqualTo(2));
        Assert.That(runs.Append(work.State).Select(File.GetUnixFileMode), Is.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        Assert.That(runs.SelectMany(Directory.GetFiles).Select(File.GetUnixFileMode), Is.All.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(Directory.EnumerateFileSystemEntries(work.Temporary), Is.Empty, "the sandbox is gone");
    }

    [Test]
    public async Task Deploy_GitCheckout_TellsTheRevisionAndTheGitVariables()
    {
        using var work = new Workspace();
        work.Deploy("env | grep ^WERCKER_GIT_ | sort > $OUT/git", "ls -A > $OUT/files");
        await work.CommandAsync("git", "init", "-q", "-b", "trunk");
        await work.CommandAsync("git", "remote", "add", "origin", "git@github.com:wercker/step-bundle-install.git");
        await work.CommandAsync("git", "add", ".");
        await work.CommandAsync("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
        var commit = (await work.CommandAsync("git", "rev-parse", "HEAD")).Trim();

        var clean = Workspace.Json(await work.DeployAsync("--json"));
        work.File("new.txt", "new");
        var dirty = Workspace.Json(await work.DeployAsync("--json"));

        Assert.That(clean.GetProperty("revision").GetString(), Is.EqualTo(commit[..7]));
        Assert.That(dirty.GetProperty("revision").GetString(), Is.EqualTo(commit[..7] + "-dirty"));
        Assert.That(File.ReadAllLines(work.Out("git")), Is.EqualTo(new[]
        {
            "WERCKER_GIT_BRANCH=trunk", $"WERCKER_GIT_COMMIT={commit}", "WERCKER_GIT_DOMAIN=github.com", "WERCKER_GIT_OWNER=wercker", "WERCKER_GIT_REPOSITORY=step-bundle-install",
        }));
        Assert.That(File.ReadAllLines(work.Out("files")), Is.EqualTo(new[] { "new.txt", "wercker.json" }));
    }

    [Test]
    public async Task Deploy_Revision_DeploysThatCommitAndNotTheFiles()
    {
        using var work = new Workspace();
        work.Deploy("cat version.txt > $OUT/version").File("version.txt", "one");
        await work.CommandAsync("git", "init", "-q");
        await work.CommandAsync("git", "add", ".");
        await work.CommandAsync("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "first");
        await work.CommandAsync("git", "tag", "v1");
        work.File("version.txt", "two");

        var result = await work.DeployAsync("--revision", "v1");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("version")), Is.EqualTo("one"));
    }

    [Test]
    public async Task Deploy_Artifact_DeploysItsFiles()
    {
        using var work = new Workspace();
        work.Deploy("cat version.txt > $OUT/version").File("dist/version.txt", "from the artifact");
        await work.CommandAsync("tar", "-C", "dist", "-czf", work.Out("shop-1.2.tar.gz"), ".");

        var result = Workspace.Json(await work.DeployAsync("--json", "--source", work.Out("shop-1.2.tar.gz")));

        Assert.That(result.GetProperty("app").GetString(), Is.EqualTo("shop-1.2"));
        Assert.That(File.ReadAllText(work.Out("version")), Is.EqualTo("from the artifact"));
    }

    [Test]
    public async Task Deploy_Env_OverridesTargetAndTakesTheCallersValue()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo \"$A|$B|$C|$OTHER\" > $OUT/env"], "targets": {"staging": {"variables": {"A": "target", "B": "target"}}}}""")
            .Variable("C", "caller's").Variable("OTHER", "not handed on");

        var result = await work.DeployAsync("--env", "A=x=y $HOME", "-e", "C");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("env")), Is.EqualTo("x=y $HOME|target|caller's|\n"));
    }

    [Test]
    public async Task Deploy_TargetsOfTheEnvironment_WinOverTheFile()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo $A $B $C > $OUT/env"], "targets": {"staging": {"variables": {"A": "1", "B": "1", "C": "1"}}}}""")
            .File("appsettings.json", """{"Wercker": {"Targets": {"staging": {"variables": {"B": "2", "C": "2"}}}}}""")
            .Variable("Wercker__Targets__staging__variables__C", "3");

        var result = await work.DeployAsync("--target", "staging");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("env")), Is.EqualTo("1 2 3\n"));
    }
}
