namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>Whatever is wrong beforehand: exit code 2, one clear message, nothing started and nothing written.</summary>
public sealed class BadInputTests
{
    private const string TwoTargets = """{"deploy": ["touch $OUT/ran"], "targets": {"staging": {}, "production": {}}}""";

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Fault("NoWerckerJson", _ => { }, [], ["wercker.json", "no such file"]);
        yield return Fault("DotWerckerJson", work => work.File(".wercker.json", "{}"), [], [".wercker.json", "rename it to wercker.json"]);
        yield return Fault("WreckerJson", work => work.File("wrecker.json", "{}"), [], ["wrecker.json", "rename it to wercker.json"]);
        yield return Fault("BrokenWerckerJson", work => work.Config("{\n  \"deploy\" [\"true\"]\n}"), [], ["wercker.json:2:11: error:", "^"]);
        yield return Fault("CommandTimeoutOfZero", work => work.Config("""{"deploy": ["true"], "command-timeout": 0}"""), [], ["command-timeout"]);
        yield return Fault("NoResponseTimeoutOfZero", work => work.Config("""{"deploy": ["true"], "no-response-timeout": 0}"""), [], ["no-response-timeout"]);
        yield return Fault("SeveralTargets", work => work.Config(TwoTargets), [], ["several targets", "--target", "staging, production"]);
        yield return Fault("UnknownTarget", work => work.Config(TwoTargets), ["--target", "prod"], ["no target 'prod'", "staging, production"]);
        yield return Fault("UnknownTargetWithoutTargets", work => work.Deploy("true"), ["--target", "prod"], ["no target 'prod'", "custom"]);
        yield return Fault("UnknownProvider", work => work.Config("""{"targets": {"live": {"provider": "herokuu"}}}"""), [], ["targets.live", "no provider 'herokuu'", "Known: custom"]);
        yield return Fault("MissingSecret", work => work.Config("""{"deploy": ["true"], "targets": {"live": {"secrets": ["API_KEY", "TOKEN"]}}}"""), [], ["API_KEY, TOKEN", "must be set", "live"]);
        yield return Fault("BrokenRollback", work => work.Config("""{"deploy": ["true"], "targets": {"live": {"rollback": [1]}}}"""), [], ["targets.live", "rollback"]);
        yield return Fault("BrokenAppSettings", work => work.Deploy("true").File("appsettings.json", "{,"), [], ["appsettings.json"]);
        yield return Fault("SourceMissing", work => work.Deploy("true"), ["--source", "nowhere"], ["nowhere", "does not exist", "--source"]);
        yield return Fault("SourceOfNoKind", work => work.Deploy("true").File("a.rar", ""), ["--source", "a.rar"], ["a.rar", ".tar.gz"]);
        yield return Fault("RevisionWithoutGit", work => work.Deploy("true"), ["--revision", "v1"], ["v1", "no git repository"]);
        yield return Fault("WorkDirectoryIsAFile", work => work.Deploy("true").File("file", "").Variable("TMPDIR", Path.Combine(work.Project, "file")), [], ["work directory", "file"]);
        yield return Fault("StateIsAFile", work => work.Deploy("true").File("file", ""), ["--state", "file"], ["state directory", "file"]);
        yield return Fault("ReportIsAFile", work => work.Deploy("true").File("file", ""), ["--report", "file"], ["report directory", "file"]);
        yield return Fault("NoVariableName", work => work.Deploy("true"), ["--env", "9LIVES=secret-value"], ["--env", "'9LIVES'", "letters"]);
        yield return Fault("VariableNotSet", work => work.Deploy("true"), ["--env", "NOT_SET_ANYWHERE"], ["NOT_SET_ANYWHERE", "not set"]);
        yield return Fault("NegativeWarmUp", work => work.Config("""{"post-deploy test": ["true"]}"""), ["--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=-1"], ["WERCKER_POSTDEPLOY_WARMUP_SECONDS", "-1"]);
        yield return Fault("UnknownOption", work => work.Deploy("true"), ["--bogus"], ["--bogus", "wercker deploy --help"]);
    }

    [TestCaseSource(nameof(Faults))]
    public async Task Deploy_Fault_ExitsTwoAndStartsNothing(BadInput fault)
    {
        using var work = new Workspace();
        fault.Prepare(work);

        var result = await work.DeployAsync(fault.Arguments);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Output, Is.Empty);
        foreach (var part in fault.Parts)
        {
            Assert.That(result.Error, Does.Contain(part));
        }

        Assert.That(result.Error, Does.Not.Contain("   at ").And.Not.Contain("secret-value"));
        Assert.That(Directory.Exists(Path.Combine(work.State, "runs")) && Directory.EnumerateFileSystemEntries(Path.Combine(work.State, "runs")).Any(), Is.False, "no run is recorded");
        Assert.That(File.Exists(work.Out("ran")), Is.False);
        Assert.That(Directory.EnumerateFileSystemEntries(work.Temporary).Where(file => !Path.GetFileName(file).StartsWith("clr-debug", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCaseSource(nameof(Faults))]
    public async Task Deploy_FaultWithJson_WritesOneErrorDocument(BadInput fault)
    {
        using var work = new Workspace();
        fault.Prepare(work);

        var result = await work.DeployAsync([.. fault.Arguments, "--json"]);

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(Workspace.Json(result).GetProperty("error").GetProperty("message").GetString(), Does.Contain(fault.Parts[0]).IgnoreCase);
    }

    [TestCase("")]
    [TestCase("deploi")]
    [TestCase("validate a b")]
    [TestCase("log one two")]
    [TestCase("deploy --target")]
    public async Task CommandLine_BadUsage_ExitsTwo(string arguments)
    {
        using var work = new Workspace();

        var result = await work.RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Error, Does.Contain("--help"));
    }

    private static TestCaseData Fault(string name, Action<Workspace> prepare, string[] arguments, string[] parts) =>
        new TestCaseData(new BadInput(prepare, arguments, parts)).SetArgDisplayNames(name);

    /// <summary>One fault: what makes it, and what the message must say.</summary>
    public sealed class BadInput
    {
        private readonly Action<Workspace> _make;

        internal BadInput(Action<Workspace> make, string[] arguments, string[] parts)
        {
            _make = make;
            Arguments = arguments;
            Parts = parts;
        }

        internal string[] Arguments { get; }

        internal string[] Parts { get; }

        internal void Prepare(Workspace work) => _make(work);
    }
}
