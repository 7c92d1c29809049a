using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Heroku.Tests.Push;

public class PushTests
{
    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    [TestCase(HerokuTransport.Ssh)]
    public async Task Push_GoodApp_SucceedsWhenItsDynosAreUp(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync(ssh: transport == HerokuTransport.Ssh);
        app.Write("Procfile", "web: exec perl server.pl\nrelease: echo migrating\n");

        var report = await app.PushAsync(app.Options(transport));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("web.1 is up").And.Contain("it is live"));
        Assert.That(app.Output.Text, Does.Contain("-----> Compressing...").And.Contain("migrating"));
        Assert.That(app.Output.Text, Does.Not.Contain("remote:"));
        Assert.That(await app.GetPageAsync(), Is.EqualTo("up\n"));
    }

    [Test]
    public async Task Push_WithWorker_WaitsUntilItStaysUp()
    {
        await using var app = await LocalApp.StartAsync();
        app.Write("Procfile", "worker: exec sleep 1000\n");

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("worker.1 is up"));
    }

    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    public async Task Push_FailingBuild_FailsWithItsOutput(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.FailBuilds = 1;

        var report = await app.PushAsync(app.Options(transport));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.StartWith("the build failed"));
        Assert.That(report.Evidence.Select(one => one.Text ?? string.Empty), Has.Some.Contains("failed by a fault switch"));
    }

    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    public async Task Push_FailingReleasePhase_FailsAlthoughTheBuildSucceeded(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync();
        app.Write("Procfile", "web: exec perl server.pl\nrelease: echo no such column; exit 1\n");

        var report = await app.PushAsync(app.Options(transport));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("release phase did not succeed"));
        Assert.That(report.Evidence.Select(one => one.Text ?? string.Empty), Has.Some.Contains("no such column"));
    }

    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    public async Task Push_BuildThatNeverEnds_FailsAtTheDeadline(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.HangBuilds = 1;

        var report = await app.PushAsync(app.Options(transport) with { BuildTimeout = TimeSpan.FromSeconds(3) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.StartWith("the build did not end within 3 seconds"));
    }

    [Test]
    public async Task Push_ReleasePhaseThatNeverEnds_FailsAtTheDeadline()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.HangReleasePhases = 1;

        var report = await app.PushAsync(app.Options() with { ReleaseTimeout = TimeSpan.FromSeconds(1) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("still pending after 1 seconds"));
    }

    [Test]
    public async Task Push_ReleaseThatDoesNotBecomeCurrent_Fails()
    {
        await using var app = await LocalApp.StartAsync();
        Assert.That((await app.PushAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
        app.Faults.ReleasesNotCurrent = 1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Match(@"release v\d+ succeeded, but v\d+ is live"));
    }

    [Test]
    public async Task Push_DynoThatCrashes_Fails()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.CrashDynos = -1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("web.1 crashed"));
    }

    [Test]
    public async Task Push_WorkerThatCrashesAMomentLater_Fails()
    {
        await using var app = await LocalApp.StartAsync();
        app.Write("Procfile", "worker: sleep 0.7; exit 1\n");

        var report = await app.PushAsync(app.Options() with { DynoSettleTime = TimeSpan.FromSeconds(3) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("worker.1 crashed"));
    }

    [Test]
    public async Task Push_DynoThatNeverStarts_FailsAtTheDeadline()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.StuckDynos = -1;

        var report = await app.PushAsync(app.Options() with { DynoTimeout = TimeSpan.FromSeconds(2) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("not up after 2 seconds").And.Contain("web.1 starting"));
    }

    [Test]
    public async Task Push_WithoutSource_Fails()
    {
        await using var app = await LocalApp.StartAsync();

        var result = await new StepHarness { Target = app.Target() }.RunAsync(new PushStep());

        Assert.That(result.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(result.Message, Does.Contain("no source"));
    }
}
