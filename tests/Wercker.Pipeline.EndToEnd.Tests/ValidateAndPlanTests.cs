namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class ValidateAndPlanTests
{
    [Test]
    public async Task Validate_ValidFile_ExitsZero([Values("", "wercker.json", ".")] string file)
    {
        using var work = new Workspace();
        work.Deploy("true");

        var result = await work.RunAsync(file.Length == 0 ? ["validate"] : ["validate", file]);

        Assert.That((result.ExitCode, result.Output, result.Error), Is.EqualTo((0, "wercker.json is valid.\n", string.Empty)).Or.EqualTo((0, "./wercker.json is valid.\n", string.Empty)));
        Assert.That(Directory.Exists(work.State), Is.False);
    }

    [Test]
    public async Task Validate_LenientFile_ExitsZeroWithWarnings()
    {
        using var work = new Workspace();
        work.Config("{\n  // the deploy\n  \"deploy\": [\"true\",],\n  \"packagesk\": []\n}");

        var text = await work.RunAsync("validate");
        var json = Workspace.Json(await work.RunAsync("validate", "--json"));

        Assert.That(text.ExitCode, Is.Zero, text.ToString());
        Assert.That(text.Output, Is.EqualTo("wercker.json is valid, with 3 warnings.\n"));
        Assert.That(text.Error, Does.Contain("wercker.json:2:").And.Contain("wercker.json:3:").And.Contain("wercker.json:4:").And.Contain("did you mean \"packages\"?"));
        Assert.That(json.GetProperty("valid").GetBoolean(), Is.True);
        Assert.That(json.GetProperty("diagnostics").EnumerateArray().Select(one => one.GetProperty("line").GetInt32()), Is.EqualTo(new[] { 2, 3, 4 }));
        Assert.That(json.GetProperty("diagnostics").EnumerateArray().Select(one => one.GetProperty("severity").GetString()), Is.All.EqualTo("warning"));
    }

    [TestCase("""{"provider": "foo"}""", "sandbox.provider is 'foo'")]
    [TestCase("""{"provider": "docker", "memory": "lots"}""", "sandbox.memory is 'lots'")]
    public async Task Validate_SandboxThatCannotBe_ExitsTwoWithItsPlace(string sandbox, string expected)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["true"], "targets": {"live": {"sandbox": """ + sandbox + "}}}");

        var result = await work.RunAsync("validate");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.StartWith("wercker.json:1:").And.Contain(expected));
    }

    [Test]
    public async Task Validate_InvalidFile_ExitsTwoWithTheFaultsPlace()
    {
        using var work = new Workspace();
        work.Config("{\n  \"deploy\": [\n    \"a\"\n    \"b\"\n  ]\n}");

        var text = await work.RunAsync("validate");
        var json = await work.RunAsync("validate", "--json");

        Assert.That(text.ExitCode, Is.EqualTo(2), text.ToString());
        Assert.That(text.Output, Is.Empty);
        Assert.That(text.Error, Does.Match("^wercker.json:[34]:[0-9]+: error: ").And.Contain("^").And.Contain("','"));
        Assert.That(json.ExitCode, Is.EqualTo(2));
        var document = Workspace.Json(json);
        Assert.That(document.GetProperty("valid").GetBoolean(), Is.False);
        var diagnostic = document.GetProperty("diagnostics").EnumerateArray().Single();
        Assert.That(diagnostic.GetProperty("severity").GetString(), Is.EqualTo("error"));
        Assert.That(text.Error, Does.StartWith($"wercker.json:{diagnostic.GetProperty("line").GetInt32()}:{diagnostic.GetProperty("column").GetInt32()}:"));
    }

    [TestCase(".wercker.json")]
    [TestCase("wrecker.json")]
    public async Task Validate_MisspeltFile_SaysSo(string name)
    {
        using var work = new Workspace();
        work.File(name, "{}");

        var text = await work.RunAsync("validate");
        var json = await work.RunAsync("validate", "--json");

        Assert.That((text.ExitCode, json.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(text.Error, Does.Contain(name));
        Assert.That(Workspace.Json(json).GetProperty("diagnostics")[0].GetProperty("message").GetString(), Does.Contain(name));
    }

    [Test]
    public async Task Plan_Project_TellsEveryStepAndChangesNothing()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["touch $OUT/ran", {"cmd": "secret stuff", "log": false}], "post-deploy test": ["curl $URL"]}""");

        var text = await work.RunAsync("plan");
        var json = Workspace.Json(await work.RunAsync("plan", "--json"));

        Assert.That(text.ExitCode, Is.Zero, text.ToString());
        Assert.That(text.Output, Does.Contain("Deploying shop local to custom would:").And.Contain("$ touch $OUT/ran").And.Contain("skip: the target has no maintenance mode").And.Not.Contain("secret stuff"));
        Assert.That(json.GetProperty("ready").GetBoolean(), Is.True);
        Assert.That(json.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("name").GetString()), Is.EqualTo(new[]
        {
            "Environment", "Setup", "MaintenanceOn", "PreDeployCustom", "Push", "PostDeployCustom", "Restart", "PostDeployTest", "LogTest", "MetricsTest",
        }));
        var push = json.GetProperty("steps").EnumerateArray().Single(step => step.GetProperty("name").GetString() == "Push");
        Assert.That(push.GetProperty("runs").GetBoolean(), Is.True);
        Assert.That(push.GetProperty("commands").EnumerateArray().Select(command => command.GetString()), Is.EqualTo(new[] { "touch $OUT/ran", "(hidden command)" }));
        Assert.That(Directory.Exists(work.State), Is.False);
        Assert.That(Directory.EnumerateFileSystemEntries(work.Temporary), Is.Empty);
    }

    [Test]
    public async Task Plan_SecretMissing_NamesItAndExitsTwo()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["true"], "targets": {"live": {"secrets": ["API_KEY"]}}}""");

        var text = await work.RunAsync("plan");
        var json = await work.RunAsync("plan", "--json");

        Assert.That((text.ExitCode, json.ExitCode), Is.EqualTo((2, 2)));
        Assert.That(text.Error, Does.Contain("API_KEY"));
        Assert.That(Workspace.Json(json).GetProperty("ready").GetBoolean(), Is.False);
        Assert.That(Workspace.Json(json).GetProperty("missingVariables")[0].GetString(), Is.EqualTo("API_KEY"));
    }

    [Test]
    public async Task Help_AnyCommand_ExitsZero([Values("", "validate", "plan", "deploy", "runs", "log", "report")] string command)
    {
        using var work = new Workspace();

        var result = await work.RunAsync(command.Length == 0 ? ["--help"] : [command, "--help"]);

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Output, Does.Contain("wercker").And.Contain("--json"));
    }
}
