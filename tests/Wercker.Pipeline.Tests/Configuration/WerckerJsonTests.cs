using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class WerckerJsonTests
{
    [Test]
    public void Parse_EmptyObject_IsAConfigurationWithoutSettings()
    {
        var config = WerckerConfig.Parse("{}");

        Assert.That(config.Deploy, Is.Empty);
        Assert.That(config.Targets, Is.Empty);
        Assert.That(config.Warnings, Is.Empty);
        Assert.That(config.Language, Is.Null);
    }

    [Test]
    public void Parse_SandboxKeys_AreRead()
    {
        var config = WerckerConfig.Parse("""
            {"lang": "nodejs", "version": "0.8", "root": "./src/", "box": "debian:12", "packages": ["nano", "git"],
             "services": {"mongodb": true, "redis": false, "mysql": {"enabled": false, "port": 666}},
             "no-response-timeout": 7, "command-timeout": 60}
            """);

        Assert.That((config.Language, config.Version, config.Root, config.Box), Is.EqualTo(("nodejs", "0.8", "src", "debian:12")));
        Assert.That(config.Packages, Is.EqualTo(new[] { "nano", "git" }));
        Assert.That(config.Services, Is.EqualTo(new[] { "mongodb" }));
        Assert.That((config.NoResponseTimeout, config.CommandTimeout), Is.EqualTo((TimeSpan.FromMinutes(7), TimeSpan.FromHours(1))));
        Assert.That(config.Warnings, Is.Empty);
    }

    [TestCase("\"make\"", "make")]
    [TestCase("[\"a\", \"b\"]", "a|b")]
    [TestCase("[]", "")]
    [TestCase("[\"a\", {\"cmd\": \"b\", \"log\": false}, {\"cmd\": \"c\", \"runAlways\": true}, {\"cmd\": \"d\", \"log\": true}]", "a|b hidden|c always|d")]
    [TestCase("{\"set env\": [\"a\", \"b\"], \"go\": \"c\", \"long\": {\"commands\": [\"d\"], \"runAlways\": true}, \"off\": false}", "set env/a|set env/b|go/c|long/d always")]
    [TestCase("{\"cmd\": \"a\", \"log\": false}", "a hidden")]
    [TestCase("{\"commands\": \"a\", \"runAlways\": true}", "a always")]
    [TestCase("{\"one\": {\"cmd\": \"a\", \"run_always\": true}}", "one/a always")]
    public void Parse_ShapesOfCommands_AreAllRead(string value, string expected)
    {
        var config = WerckerConfig.Parse($"{{\"deploy\": {value}}}");

        Assert.That(string.Join('|', config.Deploy.Select(Show)), Is.EqualTo(expected));
        Assert.That(config.Warnings, Is.Empty);
    }

    [Test]
    public void Parse_Commands_RememberTheirLines()
    {
        var config = WerckerConfig.Parse("{\"deploy\": [\n\"a\",\r\n\n{\"cmd\":\n\"b\"}]}");

        Assert.That(config.Deploy.Select(command => command.Line), Is.EqualTo(new[] { 2, 4 }));
    }

    [Test]
    public void Parse_CustomSteps_KeepTheirOrder()
    {
        var config = WerckerConfig.Parse("{\"customSteps\": {\"z\": \"1\", \"a\": {\"commands\": [\"2\", \"3\"]}, \"rake test:unit\": [\"4\"], \"skip\": false}}");

        Assert.That(config.CustomSteps.Select(Show), Is.EqualTo(new[] { "z/1", "a/2", "a/3", "rake test:unit/4" }));
    }

    [TestCase("pre-deploy")]
    [TestCase("preDeploy")]
    [TestCase("pre deploy")]
    [TestCase("PRE_DEPLOY")]
    [TestCase("preDeployScripts")]
    public void Parse_OldSpellings_AreTheSameKey(string key)
    {
        var config = WerckerConfig.Parse($"{{\"{key}\": [\"a\"]}}");

        Assert.That(config.PreDeploy, Has.Count.EqualTo(1));
        Assert.That(config.Warnings, Is.Empty);
    }

    [TestCase("deploy1", "deploy")]
    [TestCase("postDeploy1", "post-deploy")]
    [TestCase("customStepsz", "custom steps")]
    [TestCase("custumStep", "custom steps")]
    [TestCase("packagesk", "packages")]
    [TestCase("preInstallScriptss", "pre-install")]
    [TestCase("post-deploy tests", "post-deploy test")]
    [TestCase("Target", "targets")]
    [TestCase("depoly", "deploy")]
    public void Parse_UnknownKey_IsNotRevivedButExplained(string key, string meant)
    {
        var config = WerckerConfig.Parse($"{{\n  \"{key}\": [\"a\"]}}");

        Assert.That(config.Deploy.Concat(config.PostDeploy).Concat(config.CustomSteps).Concat(config.PostDeployTest), Is.Empty);
        Assert.That(config.Packages, Is.Empty);
        Assert.That(config.Warnings.Single().ToString(), Is.EqualTo($"wercker.json:2:3: warning: {key}: unknown key, ignored; did you mean \"{meant}\"?"));
    }

    [TestCase("{\"npm test\": false}", "npm test", false, null)]
    [TestCase("{\"bundle install\": {\"without\": \"production\"}}", "bundle install", true, null)]
    [TestCase("{\"package\": {\"ignore\": true}}", "package", false, null)]
    [TestCase("{\"npm_test\": false}", null, false, "write \"npm test\"")]
    [TestCase("{\"npm tset\": false}", null, false, "did you mean \"npm test\"?")]
    [TestCase("{\"platform\": [\"ls\"]}", null, false, "is a built-in step")]
    [TestCase("{\"enable_diagnostics\": true}", null, false, "nothing since 2012")]
    [TestCase("{\"postInstallScripts\": []}", null, false, "unknown key, ignored; commands of your own belong to \"custom steps\"")]
    [TestCase("{\"colour\": \"red\"}", null, false, "unknown key, ignored; commands of your own belong to \"custom steps\"")]
    public void Parse_StepToggles_CountAsWritten(string text, string? step, bool enabled, string? warning)
    {
        var config = WerckerConfig.Parse(text);

        Assert.That(config.StepToggles, step is null ? Is.Empty : Is.EqualTo(new Dictionary<string, bool> { [step!] = enabled }));
        Assert.That(config.Warnings.SingleOrDefault()?.Message, warning is null ? Is.Null : Does.Contain(warning));
    }

    [TestCase("{\"deploy\": [\"a\"], \"deploy\": [\"b\"]}", "b", "stands here again (first in line 1)")]
    [TestCase("{\"preDeploy\": [\"x\"], \"deployScripts\": [\"a\"], \"deploy\": [\"b\"]}", "b", "is another spelling of \"deploy\"")]
    [TestCase("{\"deploy\": [\"b\"], \"DEPLOY\": [\"a\"]}", "b", "is another spelling of \"deploy\"")]
    [TestCase("{\"deploy\": [\"b\",],}", "b", "(2 places, this is the first)")]
    [TestCase("{/* one */\"deploy\": [\"b\"] // two\n}", "b", "comments are not JSON")]
    [TestCase("{\"deploy\": [\"b\", \" \"]}", "b", "is an empty command, left out")]
    [TestCase("{\"deploy\": false}", "", "is switched off with false")]
    [TestCase("{\"deploy\": [\"b\"], \"version\": 2.10}", "b", "read as \"2.10\"")]
    [TestCase("{\"deploy\": [\"b\"], \"command-timeout\": 90}", "b", "60 is the most")]
    [TestCase("{\"deploy\": [{\"cmd\": \"b\", \"logs\": false}]}", "b", "did you mean \"log\"?")]
    public void Parse_Oddities_AreAcceptedWithOneWarning(string text, string commands, string warning)
    {
        var config = WerckerConfig.Parse(text);

        Assert.That(string.Join('|', config.Deploy.Select(Show)), Is.EqualTo(commands));
        Assert.That(config.Warnings.Single().Message, Does.Contain(warning));
    }

    [Test]
    public void Parse_ByteOrderMarkTabsAndWindowsLineEnds_AreAccepted()
    {
        var config = WerckerConfig.Parse([0xEF, 0xBB, 0xBF, .. "\r\n\r\n{\r\n\t\"deploy\":\t[\"é\"]\r\n}"u8]);

        Assert.That(config.Deploy.Single(), Is.EqualTo(new WerckerCommand("é") { Line = 4 }));
        Assert.That(config.Warnings, Is.Empty);
    }

    [Test]
    public void Parse_ManyUnknownKeys_AreCountedAndNotAllListed()
    {
        var config = WerckerConfig.Parse("{" + string.Join(',', Enumerable.Range(0, 5000).Select(i => $"\"key{i}\": 1")) + "}");

        Assert.That(config.Warnings, Has.Count.EqualTo(101));
        Assert.That(config.Warnings[^1].ToString(), Is.EqualTo("wercker.json: warning: 4900 more warnings are not shown"));
    }

    [Test]
    public void Parse_LargeFileOfOneLine_IsReadInLinearTime()
    {
        var targets = string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"t{i}\":{{\"variables\":{{\"A\":\"é{i}\"}},\"secrets\":[\"A\"]}}"));
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var config = WerckerConfig.Parse($"{{\"targets\":{{{targets}}}}}");

        Assert.That(config.Targets, Has.Count.EqualTo(50_000));
        Assert.That(config.Warnings, Has.Count.EqualTo(101));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "quadratic time would need minutes");
    }

    [Test]
    public void Parse_Escapes_AreDecoded()
    {
        var config = WerckerConfig.Parse("""{"deploy": ["a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"]}""");

        Assert.That(config.Deploy.Single().Text, Is.EqualTo("a\"\\/\b\f\n\r\té😀"));
    }

    private static string Show(WerckerCommand command) =>
        (command.Group is null ? "" : command.Group + "/") + command.Text + (command.Hidden ? " hidden" : "") + (command.RunAlways ? " always" : "");
}
