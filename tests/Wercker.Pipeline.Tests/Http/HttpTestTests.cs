using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Http;

public sealed class HttpTestTests
{
    private static RequestDelegate Text(string body, string? version = null) => context =>
    {
        if (version is not null)
        {
            context.Response.Headers["X-Version"] = version;
        }

        return context.Response.WriteAsync(body);
    };

    private static HttpTest Quick(HttpTest test) => test.Passes(1, 1).Every(HttpTestRunner.Interval).TimeoutAfter(TimeSpan.FromMinutes(5)).Grace(TimeSpan.Zero);

    private static async Task<StepReport> AskAsync(RequestDelegate answer, Func<HttpTest, HttpTest> configure, DeployRequest? request = null)
    {
        await using var site = await LocalSite.StartAsync(answer);
        return await HttpTestRunner.RunAsync(test => configure(Quick(test.Get(site.Url + "page"))), request: request);
    }

    [TestCase("a1b2c3d", "a1b2c3d", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("a1b2c3d", "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("a1b2c3d4e5f60718293a4b5c6d7e8f9012345678", "a1b2c3d", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("a1b2c3d", "a1b2c3e", ExpectedResult = StepStatus.Failed)]
    [TestCase("a1b2c3", "a1b2c3d", ExpectedResult = StepStatus.Failed)]
    [TestCase("1.2", "1.2.3", ExpectedResult = StepStatus.Failed)]
    [TestCase("1.2", " 1.2 ", ExpectedResult = StepStatus.Succeeded)]
    public async Task<StepStatus> VersionInHeader_AnyVersion_IsTheWholeOneOrAHash(string expected, string answered) =>
        (await AskAsync(Text("ok", answered), test => test.VersionInHeader("X-Version"), new DeployRequest("shop", expected))).Status;

    [TestCase("1.2", "<p>version 1.2.</p>", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("1.2", "1.2", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("1.2", "{\"version\":\"1.2\"}", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("1.2", "version 1.2.3", ExpectedResult = StepStatus.Failed)]
    [TestCase("1.2", "version 11.2", ExpectedResult = StepStatus.Failed)]
    [TestCase("1.2", "version 1.2-rc1", ExpectedResult = StepStatus.Failed)]
    [TestCase("1.2", "1.2.3, and before it 1.2", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("a1b2c3d", "/assets/a1b2c3d4e5f60718293a4b5c6d7e8f9012345678/app.js", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("a1b2c3d", "fa1b2c3d", ExpectedResult = StepStatus.Failed)]
    [TestCase("feature/x", "<b>feature/x</b>", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("feature/x", "<b>feature/xy</b>", ExpectedResult = StepStatus.Failed)]
    public async Task<StepStatus> VersionInBody_Anywhere_IsAWordOfItsOwn(string expected, string body) =>
        (await AskAsync(Text(body), test => test.VersionInBody(), new DeployRequest("shop", expected))).Status;

    [TestCase("42", "build 42, of build tools 7", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("42", "build\n  42", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("42", "build 421 after 42", ExpectedResult = StepStatus.Failed)]
    [TestCase("42", "nothing", ExpectedResult = StepStatus.Inconclusive)]
    public async Task<StepStatus> VersionInBody_AfterAWord_IsWhatFollows(string expected, string body) =>
        (await AskAsync(Text(body), test => test.VersionInBody("build "), new DeployRequest("shop", expected))).Status;

    [Test]
    public async Task VersionInBody_OneShortLine_NamesTheVersionThatAnswered() => Assert.That(
        (await AskAsync(Text("41\n"), test => test.VersionInBody())).Message, Does.StartWith("version 41 still answers at"));

    [TestCase("{\"build\": {\"commit\": \"2\"}}", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("{\"build\": {\"commit\": 2}}", ExpectedResult = StepStatus.Succeeded)]
    [TestCase("{\"build\": {\"commit\": \"1\"}}", ExpectedResult = StepStatus.Failed)]
    [TestCase("{\"build\": {}}", ExpectedResult = StepStatus.Inconclusive)]
    [TestCase("not json", ExpectedResult = StepStatus.Inconclusive)]
    public async Task<StepStatus> VersionInJson_AtAPathOfItsOwn_IsAskedFirst(string version) => (await AskAsync(
        context => context.Response.WriteAsync(context.Request.Path == "/version" ? version : "welcome"),
        test => test.VersionInJson("build.commit", "/version").ExpectText("welcome"))).Status;

    [Test]
    public async Task ExpectVersion_Variable_IsThatOfTheDeployment()
    {
        var request = new DeployRequest("shop", "2") { Variables = new Dictionary<string, string> { ["RELEASE"] = "r7" } };

        Assert.That((await AskAsync(Text("ok", "r7"), test => test.VersionInHeader("X-Version").ExpectVersion("$RELEASE"), request)).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(
            async () => await AskAsync(Text("ok", "r7"), test => test.VersionInHeader("X-Version").ExpectVersion("$NOTHING"), request),
            Throws.TypeOf<ConfigurationException>().With.Message.Contains("NOTHING"));
    }

    [Test]
    public async Task Expectations_OneOfEachKind_HoldOrSayWhyNot()
    {
        static Task Answer(HttpContext context)
        {
            context.Response.Headers["X-Version"] = "2";
            context.Response.Headers["X-Cache"] = "MISS";
            return context.Response.WriteAsync("""{"status": "ok", "queue": [3, 99], "ready": true, "welcome": null}""");
        }

        async Task<string?> Fault(Func<HttpTest, HttpTest> configure)
        {
            var report = await AskAsync(Answer, test => configure(test.VersionInHeader("X-Version")));
            return report.Status == StepStatus.Succeeded ? null : report.Message![(report.Message!.IndexOf("but ", StringComparison.Ordinal) + 4)..];
        }

        Assert.That(await Fault(test => test.ExpectStatus(200).ExpectHeader("x-cache", "miss").ExpectText("welcome").ExpectJson("ready", "true").ExpectJson("queue[0]", "3.0")), Is.Null);
        Assert.That(await Fault(test => test.ExpectJson("queue[1]", length => length.GetInt32() < 100)), Is.Null);
        Assert.That(await Fault(test => test.ExpectStatus(201, 202)), Is.EqualTo("the status is not 201 or 202"));
        Assert.That(await Fault(test => test.ExpectHeader("X-Cache", "HIT")), Is.EqualTo("the header X-Cache is 'MISS', not 'HIT'"));
        Assert.That(await Fault(test => test.ExpectHeader("X-None", "1")), Is.EqualTo("no header X-None"));
        Assert.That(await Fault(test => test.ExpectText("goodbye")), Is.EqualTo("the body does not hold 'goodbye'"));
        Assert.That(await Fault(test => test.ExpectJson("status", "down")), Is.EqualTo("the JSON member status is \"ok\", not 'down'"));
        Assert.That(await Fault(test => test.ExpectJson("nothing.here", "1")), Is.EqualTo("no JSON member nothing.here"));
        Assert.That(await Fault(test => test.ExpectJson("queue[0]", length => length.GetInt32() > 5)), Is.EqualTo("the JSON member queue[0] is 3, which is not length => length.GetInt32() > 5"));
        Assert.That(await Fault(test => test.ExpectJson("status", length => length.GetInt32() > 5, "a number")), Is.EqualTo("the JSON member status is \"ok\", of another type than a number needs"));
    }

    [Test]
    public async Task ExpectLatency_SlowAnswer_Fails()
    {
        var clock = new SteppingClock(HttpTestRunner.Interval);
        await using var site = await LocalSite.StartAsync(context =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(900));
            return Text("ok", "2")(context);
        });

        var slow = await HttpTestRunner.RunAsync(test => Quick(test.Get(site.Url)).VersionInHeader("X-Version").ExpectLatency(TimeSpan.FromMilliseconds(800)), clock: clock);
        var fine = await HttpTestRunner.RunAsync(test => Quick(test.Get(site.Url)).VersionInHeader("X-Version").ExpectLatency(TimeSpan.FromMilliseconds(1000)), clock: clock);

        Assert.That((slow.Status, fine.Status), Is.EqualTo((StepStatus.Failed, StepStatus.Succeeded)));
        Assert.That(slow.Message, Does.Contain("900 ms").And.Contain("it took longer than 0.8 seconds"));
    }

    [Test]
    public async Task TimeoutAfter_AnswerThatNeverComes_IsWaitedOutAsCutOver()
    {
        var clock = new SteppingClock(HttpTestRunner.Interval);
        await using var site = await LocalSite.StartAsync(async context =>
        {
            clock.Advance(TimeSpan.FromMinutes(6));
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        var report = await HttpTestRunner.RunAsync(test => Quick(test.Get(site.Url)).VersionInHeader("X-Version"), clock: clock);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("no answer within 5 minutes"));
    }

    [TestCase("2", "version 2, but the body did not end within 5 minutes")]
    [TestCase("1", "version 1 still answers")]
    public async Task TimeoutAfter_BodyThatNeverEnds_IsAFaultOfItsVersion(string version, string words)
    {
        var clock = new SteppingClock(HttpTestRunner.Interval);
        await using var site = await LocalSite.StartAsync(async context =>
        {
            await Text("welcome", version)(context);
            await context.Response.Body.FlushAsync();
            clock.Advance(TimeSpan.FromMinutes(6));
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        var report = await HttpTestRunner.RunAsync(test => Quick(test.Get(site.Url)).VersionInHeader("X-Version").ExpectText("welcome"), clock: clock);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain(words).Or.Contain("no answer within 5 minutes"));
    }

    [Test]
    public async Task Body_WithoutEnd_IsReadOnlyAtItsBeginning()
    {
        var report = await AskAsync(
            async context =>
            {
                context.Response.Headers["X-Version"] = "2";
                var block = new byte[64 * 1024];
                "welcome"u8.CopyTo(block);
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                }
            },
            test => test.VersionInHeader("X-Version").ExpectText("welcome"));

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
    }

    [TestCase("Authorization", "correct-horse-battery-staple", true, "correct-horse-battery-staple")]
    [TestCase("Authorization", "Bearer eyJhbGciOi.J9x7Qm2p", true, "eyJhbGciOi.J9x7Qm2p")]
    [TestCase("X-Probe", "Bearer eyJhbGciOi.J9x7Qm2p", true, "eyJhbGciOi.J9x7Qm2p")]
    [TestCase("Authorization", "Bearer eyJhbGciOi.J9x7Qm2p", false, "eyJhbGciOi.J9x7Qm2p")]
    [TestCase("Authorization", "Basic ZGVwbG95OmNvcnJlY3QtaG9yc2U=", false, "correct-horse")]
    [TestCase("proxy-authorization", "basic ZGVwbG95OmNvcnJlY3QtaG9yc2U=", true, "deploy:correct-horse")]
    [TestCase("Cookie", "theme=dark; session=s3ss10nOfSomebody", false, "s3ss10nOfSomebody")]
    [TestCase("X-Api-Key", "correct-horse-battery-staple", false, "correct-horse-battery-staple")]
    public async Task Send_Credential_ReachesTheApplicationAndNoOutput(string name, string value, bool isSecret, string repeated)
    {
        string? seen = null;
        RequestDelegate echo = context => Text($$"""{"state": "you sent {{seen = context.Request.Headers[name]}}, that is {{repeated}}"}""", "2")(context);
        await using var site = await LocalSite.StartAsync(echo);
        var directory = Directory.CreateTempSubdirectory("http-test-");
        try
        {
            await using var folder = new ReportFolder(directory.FullName);
            await HttpTestRunner.DeployAsync(
                test => Sent(Quick(test.Get(site.Url)).VersionInHeader("X-Version").ExpectJson("state", "ready").Grace(TimeSpan.Zero)), observer: folder);
            var shown = string.Concat(directory.GetFiles().Select(file => File.ReadAllText(file.FullName)));
            Assert.Multiple(() =>
            {
                Assert.That(seen, Is.EqualTo(value));
                Assert.That(shown, Does.Contain("you sent ***, that is ***").And.Not.Contain(repeated).And.Not.Contain(value));
            });
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        HttpTest Sent(HttpTest test) => isSecret ? test.Send(name, new Secret(value)) : test.Send(name, value);
    }

    /// <summary>What is shown of an answer ends in the middle of a secret, which nobody would know for one then.</summary>
    [Test]
    public async Task Send_SecretWhereWhatIsShownIsCut_LeavesNoHalfOfIt()
    {
        const string Key = "correct-horse-battery-staple";
        foreach (var before in Enumerable.Range(75, 20))
        {
            var report = await AskAsync(
                context =>
                {
                    context.Response.Headers["X-State"] = new string('.', before) + Key;
                    return Text("ok", "2")(context);
                },
                test => test.VersionInHeader("X-Version").ExpectHeader("X-State", "ready").Send("X-Key", Key));

            Assert.That(report.Evidence.Single().Text, Does.Contain("the header X-State is").And.Not.Contain("corre"), $"{before}");
        }
    }

    [Test]
    public async Task Send_HeaderWithoutCredential_IsShown()
    {
        var report = await AskAsync(context => Text($"you sent {context.Request.Headers["X-Probe"]}", "1")(context), test => test.VersionInBody("sent ").Send("X-Probe", "wercker-probe-7"));

        Assert.That(report.Evidence.Single().Text, Does.Contain("wercker-probe-7"));
    }

    [Test]
    public async Task Signature_AnswersWithoutIt_AreOfAGatewayWhateverTheirStatus()
    {
        static RequestDelegate With(int status, string body) => context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body);
        };

        var foreign = await AskAsync(With(500, "no such app"), test => test.VersionInHeader("X-Version").SignedByBody("<!-- shop -->"));
        var own = await AskAsync(With(503, "<!-- shop --> overloaded"), test => test.VersionInHeader("X-Version").SignedByBody("<!-- shop -->"));

        Assert.That(foreign.Message, Does.StartWith("the application did not answer").And.Contain("not the application's own answer: without the text"));
        Assert.That(own.Message, Does.Contain("503").And.Contain("an error of the application"));
    }

    [Test]
    public async Task NameThatDoesNotExist_IsSaid() => Assert.That(
        (await HttpTestRunner.RunAsync(test => Quick(test.Get("http://shop.invalid/")).VersionInHeader("X-Version"))).Message, Does.Contain("the name is not resolved"));

    [Test]
    public async Task Cancel_WhileWaiting_EndsAtOnce()
    {
        using var stop = new CancellationTokenSource();
        using var app = new ScheduledApp("refused");
        var pipeline = new DeployPipelineBuilder("shop").AddHttpTest("Http", test => HttpTestRunner.Standard(test.Get(app.Url)).Every(TimeSpan.FromHours(1)).Grace(TimeSpan.FromHours(2))).Build();
        var run = pipeline.DeployAsync(new DeployRequest("shop", "2"), stop.Token);
        await stop.CancelAsync();

        Assert.That((await run).Status, Is.EqualTo(DeployStatus.Canceled));
    }

    [Test]
    public void Port_OfAnotherProtocol_IsNoApplication() => Assert.That(
        async () => (await HttpTestRunner.RunAsync("garbage")).Message, Does.StartWith("the application did not answer"));
}
