namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Scripts run as they ran at wercker: one bash for all phases, one unit per element, the first failure stops the phase.</summary>
public sealed class ScriptTests
{
    [Test]
    public async Task Scripts_ExportsAndFunctions_LiveThroughAllPhases()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "pre-deploy": ["export DIR=`mktemp -d`", "greet() { echo \"hello $1\"; }"],
              "deploy": ["greet deploy", "export COUNT=1"],
              "post-deploy": ["COUNT=$((COUNT + 1))", "test -d \"$DIR\""],
              "post-deploy test": ["greet test", "test \"$COUNT\" == 2"]
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "hello deploy" }));
        Assert.That(work.LinesOf("PostDeployTest"), Is.EqualTo(new[] { "hello test" }));
    }

    [Test]
    public async Task Scripts_WorkingDirectory_LivesWithinAPhaseAndEveryPhaseStartsInTheRoot()
    {
        using var work = new Workspace();
        work.File("src/app.txt", "app\n").File("deploy/tool.sh", "#!/bin/sh\necho from $(basename $PWD)\n", executable: true).Config("""
            {
              "root": "src",
              "deploy": ["cat app.txt", "cd ..", "ls", "deploy/tool.sh"],
              "post-deploy": ["basename $PWD", "test $PWD == $WERCKER_ROOT", "$WERCKER_ROOT/../deploy/tool.sh"]
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "app", "deploy", "src", "wercker.json", "from build" }));
        Assert.That(work.LinesOf("PostDeployCustom"), Is.EqualTo(new[] { "src", "from src" }));
    }

    [Test]
    public async Task Scripts_ExitStatus_IsThatOfTheLastCommandOfTheElement()
    {
        using var work = new Workspace();
        work.Deploy(
            "false; echo $?",
            "true",
            "echo $?",
            "false | true",
            "(exit 3) || echo rescued",
            "echo 'Server response (200): OK' | grep 'Server response (200): OK'",
            "if [ 1 == 1 ]; then echo one; fi",
            "echo first\necho second",
            "echo \"Hello World~!\"",
            "cat; echo stdin was empty");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[]
        {
            "1", "0", "rescued", "Server response (200): OK", "one", "first", "second", "Hello World~!", "stdin was empty",
        }));
    }

    [Test]
    public async Task Scripts_RunAlways_RunsAfterAFailureWithinAndAcrossPhasesAndNothingElse()
    {
        using var work = new Workspace();
        work.Config("""
            {
              "deploy": ["echo 1 >> $OUT/trace", "waaag", {"cmd": "echo always >> $OUT/trace", "runAlways": true}, "echo neuh >> $OUT/trace"],
              "post-deploy": ["echo not this >> $OUT/trace", {"cmd": "echo clean up >> $OUT/trace", "runAlways": true}],
              "post-deploy test": ["echo nor this >> $OUT/trace"]
            }
            """);

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(File.ReadAllLines(work.Out("trace")), Is.EqualTo(new[] { "1", "always", "clean up" }));
        Assert.That(result.Output, Does.Contain("`waaag` failed with exit code 127"));
    }

    [Test]
    public async Task Scripts_LogFalse_HidesCommandAndOutputEverywhere()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo seen", {"cmd": "echo hidden-$((40 + 2)) hidden-text | tee $OUT/proof; echo hidden-text >&2", "log": false}]}""");

        var result = await work.DeployAsync("--report", work.Out("report"));
        var plan = await work.RunAsync("plan");

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("proof")), Does.Contain("hidden-42"), "it ran");
        Assert.That(result.Output + result.Error + plan.Output + plan.Error, Does.Not.Contain("hidden-42").And.Not.Contain("hidden-text").And.Contain("(hidden command)"));
        Assert.That(work.FilesWith("hidden-42", work.Out("proof")), Is.Empty);
        Assert.That(work.FilesWith("hidden-text", work.Out("proof"), Path.Combine(work.Project, "wercker.json")), Is.Empty);
    }

    [Test]
    public async Task Scripts_LogFalseFails_TellsTheExitCodeOnly()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": [{"cmd": "echo hidden-text; exit 9", "log": false}]}""");

        var result = await work.DeployAsync("--report", work.Out("report"));

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("exit code 9").And.Not.Contain("hidden-text"));
        Assert.That(work.FilesWith("hidden-text", Path.Combine(work.Project, "wercker.json")), Is.Empty);
    }

    [Test]
    public async Task Scripts_Environment_HasTheSeedsVariablesAndNothingOfTheCaller()
    {
        using var work = new Workspace();
        work.Config("""{"lang": "ruby", "version": "1.9", "deploy": ["env > $OUT/env"]}""").Variable("CALLERS_OWN", "1");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        var variables = File.ReadAllLines(work.Out("env")).Select(line => line.Split('=', 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        Assert.That(variables["WERCKER"], Is.EqualTo("true"));
        Assert.That(variables["DEPLOY"], Is.EqualTo("true"));
        Assert.That(variables["WERCKER_PLATFORM_VERSION"], Is.EqualTo("1.9.3-p392"));
        Assert.That(variables["WERCKER_POSTDEPLOY_WARMUP_SECONDS"], Is.EqualTo("0"));
        Assert.That(variables["WERCKER_ROOT"], Does.StartWith("/").And.Not.EndWith("/"));
        Assert.That(variables["HOME"], Is.EqualTo(work.Home));
        Assert.That(variables, Does.Not.ContainKey("CALLERS_OWN").And.Not.ContainKey("DOTNET_ROOT").And.Not.ContainKey("CI"));
    }

    [Test]
    public async Task Scripts_FileModes_AreKept()
    {
        using var work = new Workspace();
        work.File("run.sh", "#!/bin/sh\necho ran\n", executable: true).File("plain.sh", "#!/bin/sh\n").Deploy("./run.sh", "test ! -x plain.sh");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "ran" }));
    }

    [Test]
    public async Task Scripts_DetectedLanguage_ChoosesThePlatformVersion()
    {
        using var work = new Workspace();
        work.File("Gemfile", "").File("package.json", "{}").Deploy("echo $WERCKER_PLATFORM_VERSION");

        await work.DeployAsync();

        Assert.That(work.LinesOf("Push"), Is.EqualTo(new[] { "1.9.3-p392" }));
    }
}
