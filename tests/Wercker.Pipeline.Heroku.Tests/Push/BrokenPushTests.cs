using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline.Heroku.Tests.Push;

/// <summary>What the network does to a push.</summary>
public class BrokenPushTests
{
    [Test]
    public async Task Push_ConnectionCutAfterTheBuild_SucceedsBecauseTheReleaseIsThere()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.CutPushes = 1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(app.Output.Text, Does.Contain("the connection broke during the push"));
        Assert.That(await app.CountAsync("/apps/shop/builds"), Is.EqualTo(1));
    }

    [Test]
    public async Task Push_GitHostFailsOnce_IsTriedAgain()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.FailGitRequests = 1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(app.Output.Text, Does.Contain("push failed, retrying in 5 seconds"));
    }

    [Test]
    public async Task Push_GitHostFails_FailsWithGitsWords()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.FailGitRequests = -1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("could not be reached").And.Contain("503"));
    }

    [Test]
    public async Task Push_WrongKeyForGit_Fails()
    {
        await using var app = await LocalApp.StartAsync();
        var options = app.Options() with { GitUrl = app.Platform.GitUrl.ToString().Replace("shop.git", "other.git", StringComparison.Ordinal) };

        var report = await app.PushAsync(options);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("there is no repository").And.Contain("other.git"));
    }

    [Test]
    public async Task Push_OtherBranch_FailsBecauseNothingIsReleased()
    {
        await using var app = await LocalApp.StartAsync();

        var report = await app.PushAsync(app.Options() with { Branch = "develop", ReleaseGrace = TimeSpan.FromSeconds(1) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("builds main and master only"));
    }

    [TestCase(HerokuTransport.Https, false)]
    [TestCase(HerokuTransport.BuildApi, false)]
    [TestCase(HerokuTransport.BuildApi, true)]
    public async Task Push_OutputCutOff_ShowsAllOfItOnce(HerokuTransport transport, bool events)
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.EventStreamsOnly = events;
        app.Write("Procfile", "web: exec perl server.pl\nrelease: for i in 1 2 3 4 5 6 7 8 9; do echo step $i of 9; sleep 0.05; done\n");
        app.Faults.CutOutputStreams = 3;

        var report = await app.PushAsync(app.Options(transport));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(
            report.Evidence.Single(one => one.Title == "release phase").Text!.Split('\n').Where(line => line.StartsWith("step", StringComparison.Ordinal)),
            Is.EqualTo(Enumerable.Range(1, 9).Select(step => $"step {step} of 9")));
        Assert.That(app.Output.Text.Split('\n').Count(line => line.Contains("-----> Building", StringComparison.Ordinal)), Is.EqualTo(1));
    }

    [Test]
    public async Task Push_BuildThatTakesTooLong_IsCanceledAtThePlatform()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.HangBuilds = 1;

        var report = await app.PushAsync(app.Options(HerokuTransport.BuildApi) with { BuildTimeout = TimeSpan.FromSeconds(1) });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("did not end within 1 seconds"));
        Assert.That((string?)(await app.ApiAsync("/apps/shop/builds"))[0]!["status"], Is.EqualTo("failed"));
    }

    [Test]
    public async Task Push_AnswerToTheBuildLost_FindsTheBuildAndStartsNoSecondOne()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.RequestFilter = "POST /apps/shop/builds";
        app.Faults.LoseAnswers = 1;

        var report = await app.PushAsync(app.Options(HerokuTransport.BuildApi));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(await app.CountAsync("/apps/shop/builds"), Is.EqualTo(1));
    }

    [Test]
    public async Task Push_BuildRefusedWith500_IsAnErrorAndNotRepeated()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.RequestFilter = "POST /apps/shop/builds";
        app.Faults.FailRequests = 1;

        var report = await app.PushAsync(app.Options(HerokuTransport.BuildApi));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Message, Does.Contain("unknown").And.Contain("500").And.Contain("Request-Id"));
        Assert.That(await app.CountAsync("/apps/shop/builds"), Is.Zero);
    }

    [Test]
    public async Task Push_PollsThatFailAndAreLimited_AreRepeated()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.RequestFilter = "GET /apps/shop/releases";
        app.Faults.FailRequests = 2;
        app.Faults.RateLimitRequests = 1;

        var report = await app.PushAsync();

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
    }

    [Test]
    public async Task Push_Canceled_LeavesNoDirectoryBehind()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.HangBuilds = 1;
        using var cancel = new CancellationTokenSource();
        var before = PushDirectories();
        var running = app.Harness().RunAsync(new PushStep(), cancel.Token);
        while (!app.Output.Text.Contains("Building on", StringComparison.Ordinal))
        {
            await Task.Delay(20, TestContext.CurrentContext.CancellationToken);
        }

        // Other pushes on this machine have directories of their own, which will be gone soon, too.
        var made = PushDirectories().Except(before).ToList();
        await cancel.CancelAsync();

        Assert.That((await running).Status, Is.EqualTo(StepStatus.Canceled));
        Assert.That(made, Is.Not.Empty);
        Assert.That(() => made.Intersect(PushDirectories()), Is.Empty.After(90_000, 100));
    }

    private static List<string> PushDirectories() => [.. Directory.EnumerateDirectories(Path.GetTempPath(), "wercker-heroku-push-*")];
}
