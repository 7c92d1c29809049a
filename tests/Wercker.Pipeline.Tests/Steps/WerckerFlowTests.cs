using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Tests.Steps;

public sealed class WerckerFlowTests
{
    private readonly FakeSandboxProvider _sandbox = new();
    private readonly FakeTarget _target = new("production");
    private readonly RecordingOutputSink _output = new();

    private static WerckerCommand[] Commands(params string[] texts) => [.. texts.Select(text => new WerckerCommand(text))];

    private Task<DeployReport> DeployAsync(Action<WerckerFlow> configure, IDeployTarget? target = null, Action<DeployPipelineBuilder>? more = null)
    {
        var builder = new DeployPipelineBuilder("shop", new PipelineServices { Outputs = [_output] })
            .UseTarget(target ?? _target)
            .UseSandbox(_sandbox)
            .AddWerckerFlow(flow =>
            {
                flow.WarmUp = TimeSpan.Zero;
                configure(flow);
            });
        more?.Invoke(builder);
        return builder.Build().DeployAsync(new DeployRequest("shop", "a1b2c3d"));
    }

    private IEnumerable<string> Shell => _sandbox.Script.Commands.Select(command => command.Text);

    [Test]
    public async Task AddWerckerFlow_TargetWithEverything_RunsTheNinePhasesInOrder()
    {
        _target.AddRelease("before");
        var report = await DeployAsync(flow =>
        {
            flow.PreDeploy = Commands("rake db:backup");
            flow.PostDeploy = Commands("rake db:migrate");
            flow.PostDeployTest = Commands("curl $URL | grep welcome");
        });

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        Assert.That(report.Steps.Select(step => step.Name), Is.EqualTo(new[]
        {
            "Environment", "Setup", "MaintenanceOn", "PreDeployCustom", "Push", "PostDeployCustom", "Restart", "PostDeployTest", "LogTest", "MetricsTest",
        }));
        Assert.That(_target.Calls.Select(call => $"{call.Operation} {call.Argument}".Trim()), Is.EqualTo(new[]
        {
            "Check", "GetCurrent", "GetMaintenance", "SetMaintenance on", "Run rake db:backup", "GetCurrent", "Push a1b2c3d", "Run rake db:migrate",
            "Restart", "GetMaintenance", "SetMaintenance off",
        }));
        Assert.That(Shell, Is.EqualTo(new[] { "cd \"$WERCKER_ROOT\"", "curl $URL | grep welcome" }), "the post-deploy test runs in the sandbox on every target");
        Assert.That(_target.Maintenance, Is.False);
    }

    [Test]
    public async Task AddWerckerFlow_TargetWithoutCapabilities_SkipsWithReasonsAndRunsCommandsInTheSandbox()
    {
        var report = await DeployAsync(flow => flow.PreDeploy = Commands("echo 1"), new CustomTarget("own", Commands("./deploy.sh", "./announce.sh")));

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(Shell, Is.EqualTo(new[] { "cd \"$WERCKER_ROOT\"", "echo 1", "cd \"$WERCKER_ROOT\"", "./deploy.sh", "./announce.sh" }));
        var skipped = report.Steps.Where(step => step.Status == StepStatus.Skipped).ToDictionary(step => step.Name, step => step.Message);
        Assert.That(skipped.Keys, Is.EquivalentTo(new[] { "Setup", "MaintenanceOn", "PostDeployCustom", "Restart", "PostDeployTest", "LogTest", "MetricsTest" }));
        Assert.That(skipped.Values, Is.All.Not.Empty);
    }

    [Test]
    public async Task Deploy_DeployCommandsOnATargetThatIsPushedTo_SaysThatTheyAreNotRun()
    {
        var pushed = await DeployAsync(flow => flow.Deploy = Commands("./deploy.sh"));
        var custom = await DeployAsync(flow => flow.Deploy = Commands("./deploy.sh"), new CustomTarget("own", Commands("./deploy.sh")));

        Assert.That(pushed.Warnings, Has.One.Contains("\"deploy\" commands of wercker.json are not run"));
        Assert.That(custom.Warnings, Is.Empty);
        Assert.That(Shell.Count(text => text == "./deploy.sh"), Is.EqualTo(1));
    }

    [Test]
    public async Task Deploy_CommandFails_StopsThePhaseExceptWhatAlwaysRunsAlsoInLaterPhases()
    {
        _sandbox.Script.On("./deploy.sh", new FakeReply { ExitCode = 3, Output = "it broke\n" });
        var report = await DeployAsync(
            flow => flow.PostDeploy = [new("rm lock") { RunAlways = true }, new("never")],
            new CustomTarget("own", [new("./deploy.sh"), new("after"), new("clean") { RunAlways = true }]));

        Assert.That(Shell.Where(text => !text.StartsWith("cd", StringComparison.Ordinal)), Is.EqualTo(new[] { "./deploy.sh", "clean", "rm lock" }));
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(report.RootCause!.Message, Is.EqualTo("`./deploy.sh` failed with exit code 3"));
        Assert.That(report.RootCause.Evidence[0].Text, Is.EqualTo("it broke"));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.NotPossible));
        Assert.That(report.Summary, Does.Contain("no way to put the target back"));
    }

    [Test]
    public async Task Deploy_TestFails_RunsTheRollbackCommandsInOrderAndStopsAtAFailingOne([Values] bool rollbackFails)
    {
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 }, new FakeReply());
        if (rollbackFails)
        {
            _sandbox.Script.On("back 1", new FakeReply { ExitCode = 9 });
        }

        var report = await DeployAsync(flow => flow.PostDeployTest = Commands("test"), new CustomTarget("own", Commands("push"), Commands("back 1", "back 2")));

        Assert.That(Shell.Where(text => text.StartsWith("back", StringComparison.Ordinal)), Is.EqualTo(rollbackFails ? ["back 1"] : new[] { "back 1", "back 2" }));
        Assert.That(report.Restore, Is.EqualTo(rollbackFails ? RestoreStatus.Failed : RestoreStatus.Restored));
        Assert.That(report.RootCause!.Name, Is.EqualTo("PostDeployTest"));
    }

    [Test]
    public async Task Deploy_TestFails_GoesBackToTheReleaseFoundAndLeavesMaintenanceAsFound([Values] bool maintenanceFound)
    {
        _target.Maintenance = maintenanceFound;
        var before = _target.AddRelease("good");
        _sandbox.Script.On("test", new FakeReply { ExitCode = 1 }, new FakeReply());

        var report = await DeployAsync(flow => flow.PostDeployTest = Commands("test"));

        Assert.That(_target.Calls.Last(call => call.Operation == TargetOperation.RollBack).Argument, Is.EqualTo(before.Id));
        Assert.That(_target.Maintenance, Is.EqualTo(maintenanceFound));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public async Task Deploy_PushThrows_IsRolledBackOnlyWhenTheTargetHasChanged()
    {
        _target.AddRelease("good");
        _target.Throw(TargetOperation.Push, new HttpRequestException("reset"));

        var report = await DeployAsync(_ => { });

        Assert.That(report.Reverts.Single(revert => revert.Name == "Push").Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(_target.Calls, Has.None.Property("Operation").EqualTo(TargetOperation.RollBack));
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored), "maintenance was put back");
        Assert.That(_target.Maintenance, Is.False);
    }

    [Test]
    public async Task Deploy_HiddenCommand_ShowsNeitherTextNorOutput()
    {
        _sandbox.Script.On("echo open-sesame", new FakeReply { Output = "open-sesame\n", ExitCode = 1 });
        var report = await DeployAsync(_ => { }, new CustomTarget("own", [new("echo open-sesame") { Hidden = true }]));

        Assert.That(_output.Text, Does.Contain("(hidden command)").And.Not.Contain("sesame"));
        Assert.That(report.RootCause!.Message, Is.EqualTo("`(hidden command)` failed with exit code 1"));
        Assert.That(report.RootCause.Evidence.Single().Data!.ToJsonString(), Does.Not.Contain("sesame"));
    }

    [Test]
    public async Task Deploy_Environment_HasTheSeedsVariablesWhichUsersOverride()
    {
        await DeployAsync(flow => flow.PlatformVersion = "0.8.16", more: builder => builder
            .WithVariable("URL", "http://localhost").WithVariable("WERCKER_PLATFORM_VERSION", "20").WithSecret("API_KEY", new Secret("hunter2-hunter2")));

        var environment = _sandbox.Created.Single().Environment;
        Assert.That(environment["WERCKER"], Is.EqualTo("true"));
        Assert.That(environment["DEPLOY"], Is.EqualTo("true"));
        Assert.That(environment["WERCKER_POSTDEPLOY_WARMUP_SECONDS"], Is.EqualTo("0"));
        Assert.That(environment["WERCKER_PLATFORM_VERSION"], Is.EqualTo("20"), "user variables override built-ins");
        Assert.That(environment["API_KEY"], Is.EqualTo("hunter2-hunter2"));
        Assert.That(_output.TextOf("Environment", OutputStream.Note), Does.Contain("URL=http://localhost\n").And.Contain("API_KEY=***\n").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task PostDeployTest_WarmUp_WaitsOnTheClock()
    {
        var clock = new FakeTimeProvider();
        var sink = new WaitingSink();
        var run = new DeployPipelineBuilder("shop", new PipelineServices { TimeProvider = clock, Outputs = [sink] })
            .UseTarget(new CustomTarget("own", [])).UseSandbox(_sandbox)
            .AddWerckerFlow(flow => flow.PostDeployTest = Commands("test"))
            .Build().DeployAsync(new DeployRequest("shop", "1"));
        await sink.Waiting.Task;
        Assert.That(Shell, Is.Empty);
        while (!run.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.That((await run).Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(Shell, Has.Member("test"));
    }

    private sealed class WaitingSink : IOutputSink
    {
        public TaskCompletionSource Waiting { get; } = new();

        public ValueTask WriteAsync(OutputBlock block, CancellationToken cancellationToken)
        {
            if (System.Text.Encoding.UTF8.GetString(block.Lines.Span).Contains("30 s for the application to warm up", StringComparison.Ordinal))
            {
                Waiting.SetResult();
            }

            return default;
        }
    }

    [Test]
    public void PostDeployTest_WarmUpIsNoNumber_IsRefusedBeforeAnythingStarts([Values("soon", "-1", "99999999")] string value)
    {
        Assert.That(
            () => DeployAsync(flow => flow.PostDeployTest = Commands("test"), more: builder => builder.WithVariable("WERCKER_POSTDEPLOY_WARMUP_SECONDS", value)),
            Throws.TypeOf<ConfigurationException>().With.Message.Contains("WERCKER_POSTDEPLOY_WARMUP_SECONDS").And.Message.Contains(value));
        Assert.That(_sandbox.Created, Is.Empty);
    }

    [Test]
    public void Plan_SaysWhatWouldRunAndWhatIsMissing()
    {
        var settings = new TargetSettings { Name = "production", Secrets = ["API_KEY"] };
        var plan = new DeployPipelineBuilder("shop")
            .UseTarget(settings, [CustomTarget.Provider(new WerckerConfig { Deploy = Commands("./deploy.sh") })], _ => null).UseSandbox(_sandbox)
            .AddWerckerFlow(flow => flow.PostDeployTest = [new("curl") { Hidden = true }])
            .Build().Plan(new DeployRequest("shop", "1"));

        var steps = plan.Steps.ToDictionary(step => step.Name);
        Assert.That(steps["Push"].Commands, Is.EqualTo(new[] { "./deploy.sh" }));
        Assert.That(steps["MaintenanceOn"].SkipReason, Does.Contain("maintenance"));
        Assert.That(steps["PostDeployTest"].Description, Does.Contain("30 s"));
        Assert.That(steps["PostDeployTest"].Commands, Is.EqualTo(new[] { "(hidden command)" }));
        Assert.That(plan.MissingVariables, Is.EqualTo(new[] { "API_KEY" }));
        Assert.That(plan.IsReady, Is.False);
        Assert.That(_sandbox.Created, Is.Empty);
    }

    [Test]
    public void UseTarget_UnknownProvider_ListsTheKnownOnes() => Assert.That(
        () => new DeployPipelineBuilder("shop").UseTarget(new TargetSettings { Name = "p", Provider = "herokoo", Location = "wercker.json: targets.p" }, [CustomTarget.Provider(new WerckerConfig())]),
        Throws.TypeOf<ConfigurationException>().With.Message.EqualTo("wercker.json: targets.p.provider: there is no provider 'herokoo'. Known: custom."));

    [Test]
    public async Task UseTarget_SecretComesWithTheRequest_IsProtectedToo()
    {
        var settings = new TargetSettings { Name = "p", Secrets = ["API_KEY"] };
        var report = await new DeployPipelineBuilder("shop", new PipelineServices { Outputs = [_output] })
            .UseTarget(settings, [CustomTarget.Provider(new WerckerConfig())], _ => null).UseSandbox(_sandbox).AddWerckerFlow()
            .Build().DeployAsync(new DeployRequest("shop", "1") { Variables = new Dictionary<string, string> { ["API_KEY"] = "hunter2-hunter2" } });

        Assert.That(report.Environment["API_KEY"], Is.EqualTo("***"));
        Assert.That(_output.Text, Does.Not.Contain("hunter2"));
    }

    [Test]
    public async Task UseTarget_SshKeyPair_ArrivesWithEncodedLineBreaksAndIsProtected()
    {
        const string key = "-----BEGIN KEY-----\nAAAABBBBCCCC\n-----END KEY-----\n";
        var settings = new TargetSettings { Name = "p", Secrets = ["CAP_PRIVATE"], Variables = new Dictionary<string, string> { ["URL"] = "u", ["OTHER_PRIVATE"] = key.Replace("AAAA", "DDDD", StringComparison.Ordinal) } };
        await new DeployPipelineBuilder("shop", new PipelineServices { Outputs = [_output] })
            .UseTarget(settings, [CustomTarget.Provider(new WerckerConfig())], name => name == "CAP_PRIVATE" ? key : null).UseSandbox(_sandbox)
            .AddWerckerFlow().Build().DeployAsync(new DeployRequest("shop", "1"));

        var environment = _sandbox.Created.Single().Environment;
        Assert.That(environment["CAP_PRIVATE"], Is.EqualTo(key.Replace("\n", "\\n", StringComparison.Ordinal)));
        Assert.That(environment["WERCKER_DEPLOYTARGET_NAME"], Is.EqualTo("p"));
        Assert.That(environment["OTHER_PRIVATE"], Does.Contain("\\nDDDDBBBBCCCC\\n"), "a private key is one, wherever it stands");
        Assert.That(_output.Text, Does.Not.Contain("AAAABBBBCCCC").And.Not.Contain("DDDDBBBBCCCC"));
    }
}
