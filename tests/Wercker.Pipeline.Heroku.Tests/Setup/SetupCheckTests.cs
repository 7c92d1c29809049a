using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline.Heroku.Tests.Setup;

public class SetupCheckTests
{
    [Test]
    public async Task Check_EverythingRight_Succeeds()
    {
        await using var app = await LocalApp.StartAsync();

        var report = await app.Harness().RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(report.Message, Does.Contain("app shop found"));
    }

    [Test]
    public async Task Check_WrongKey_SaysSoWithoutTheKey() =>
        await FailsAsync(options => options with { ApiKey = new Secret("HRKU-wrong-0815-key") }, _ => { }, "does not accept the API key", "Request-Id");

    [Test]
    public async Task Check_MissingApp_SaysSo() => await FailsAsync(options => options with { App = "no-such-app" }, _ => { }, "There is no app no-such-app", "404");

    [Test]
    public async Task Check_SuspendedAccount_SaysSo() => await FailsAsync(options => options, faults => faults.SuspendAccount = true, "suspended since");

    [Test]
    public async Task Check_TwoFactor_SaysSo() => await FailsAsync(options => options, faults => faults.RequireTwoFactor = true, "second factor");

    [Test]
    public async Task Check_RateLimit_SaysSo() => await FailsAsync(
        options => options with { RateLimitPatience = TimeSpan.Zero, ApiKey = options.ApiKey }, faults => faults.RateLimitRequests = -1, "rate limit", "429");

    [Test]
    public async Task Check_PlatformDown_IsAnErrorWithTheRequestId()
    {
        await using var app = await LocalApp.StartAsync();
        app.Faults.FailRequests = -1;

        var report = await app.Harness().RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Message, Does.Contain("GET /account answered 500").And.Contain("Request-Id"));
    }

    [Test]
    public async Task Check_NoKey_NamesTheVariables() => await FailsAsync(options => options with { ApiKey = null }, _ => { }, "HEROKU_KEY, WERCKER_HEROKU_DEPLOY_KEY, HEROKU_API_KEY");

    [Test]
    public async Task Check_NoApp_NamesTheVariables() => await FailsAsync(options => options with { App = null }, _ => { }, "HEROKU_APP_NAME or WERCKER_HEROKU_DEPLOY_APP_NAME");

    [Test]
    public async Task Check_MissingSource_IsFoundBeforehand()
    {
        await using var app = await LocalApp.StartAsync();

        var report = await app.Harness(source: Source.Directory(Path.Combine(app.SourceDirectory, "gone"))).RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("does not exist"));
    }

    private static async Task FailsAsync(Func<HerokuOptions, HerokuOptions> change, Action<LocalHeroku.LocalHerokuFaults> spoil, params string[] words)
    {
        await using var app = await LocalApp.StartAsync();
        spoil(app.Faults);
        var options = change(app.Options());

        var report = await app.Harness(options).RunAsync(new SetupStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed), report.Message);
        foreach (var word in words)
        {
            Assert.That(report.Message, Does.Contain(word));
        }

        Assert.That(report.Message, Does.Not.Contain(options.ApiKey?.Reveal() ?? app.Key));
    }
}
