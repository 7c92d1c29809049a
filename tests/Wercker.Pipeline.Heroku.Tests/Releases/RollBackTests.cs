using System.Text.Json.Nodes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku.Tests.Releases;

public class RollBackTests
{
    [Test]
    public async Task RollBack_EarlierRelease_IsLiveAndConfigVarsStay()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var first = await app.LiveAsync();
        await app.ApiAsync("/apps/shop/config-vars", HttpMethod.Patch, new JsonObject { ["COLOR"] = "blue" });
        app.Write("new.txt", "2");
        await app.PushAsync();

        var result = await RollBackAsync(app, first);

        Assert.That(result.Status, Is.EqualTo(StepStatus.Succeeded), result.Message);
        Assert.That(result.Message, Does.StartWith($"rolled back to v{first}"));
        Assert.That((string?)(await app.ApiAsync("/apps/shop/config-vars"))["COLOR"], Is.EqualTo("blue"));
        Assert.That(await SlugAsync(app, await app.LiveAsync()), Is.EqualTo(await SlugAsync(app, first)));
    }

    [Test]
    public async Task RollBack_Twice_IsDoneOnce()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var first = await app.LiveAsync();
        app.Write("new.txt", "2");
        await app.PushAsync();
        await RollBackAsync(app, first);
        var live = await app.LiveAsync();

        var again = await RollBackAsync(app, first);

        Assert.That(again.Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(await app.LiveAsync(), Is.EqualTo(live));
    }

    [Test]
    public async Task RollBack_OneThatIsStillPending_IsFollowedAndNotAskedForAgain()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var first = await app.LiveAsync();
        app.Write("new.txt", "2");
        await app.PushAsync();
        app.Faults.HangReleasePhases = 1;
        var impatient = app.Options() with { ReleaseTimeout = TimeSpan.FromSeconds(1) };
        ValueTask<StepResult> BackAsync(HerokuTarget target, DeployContext context, CancellationToken token) => target.RollBackAsync(context, new Release($"v{first}"), token);

        var begun = await app.AskAsync(BackAsync, impatient);
        var count = await app.CountAsync("/apps/shop/releases");
        var again = await app.AskAsync(BackAsync, impatient);

        Assert.That(begun.Message, Does.Contain("still pending"));
        Assert.That(again.Message, Does.Contain("still pending"));
        Assert.That(await app.CountAsync("/apps/shop/releases"), Is.EqualTo(count));
    }

    [Test]
    public async Task FindRollBackObstacle_ReleaseWithoutCodeOrUnknown_IsNamedAndTheLiveOneHasNone()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var live = await app.LiveAsync();
        ValueTask<string?> FindAsync(HerokuTarget target, DeployContext context, CancellationToken token, int version) =>
            target.FindRollBackObstacleAsync(context, new Release($"v{version}"), token);

        Assert.That(await app.AskAsync((target, context, token) => FindAsync(target, context, token, live)), Is.Null);
        Assert.That(await app.AskAsync((target, context, token) => FindAsync(target, context, token, 1)), Does.Contain("no code"));
        Assert.That(await app.AskAsync((target, context, token) => FindAsync(target, context, token, 99)), Does.Contain("no release v99"));
    }

    [Test]
    public async Task RollBack_AnswerLost_IsDoneOnce()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var first = await app.LiveAsync();
        app.Write("new.txt", "2");
        await app.PushAsync();
        var count = await app.CountAsync("/apps/shop/releases");
        app.Faults.RequestFilter = "POST /apps/shop/releases";
        app.Faults.LoseAnswers = 1;

        var result = await RollBackAsync(app, first);

        Assert.That(result.Status, Is.EqualTo(StepStatus.Succeeded), result.Message);
        Assert.That(await app.CountAsync("/apps/shop/releases"), Is.EqualTo(count + 1));
    }

    [Test]
    public async Task RollBack_DynosCrash_Fails()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var first = await app.LiveAsync();
        app.Write("new.txt", "2");
        await app.PushAsync();
        app.Faults.CrashDynos = -1;

        var result = await RollBackAsync(app, first);

        Assert.That(result.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(result.Message, Does.Contain("did not work").And.Contain("crashed"));
    }

    [Test]
    public async Task RollBack_ReleaseThatFailed_IsRefusedBeforehand()
    {
        await using var app = await LocalApp.StartAsync();
        await app.PushAsync();
        var live = await app.LiveAsync();
        app.Faults.FailReleasePhases = 1;
        await app.PushAsync();

        var result = await RollBackAsync(app, live + 1);

        Assert.That(result.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(result.Message, Does.Contain("cannot be rolled back to"));
        Assert.That(await app.LiveAsync(), Is.EqualTo(live));
    }

    [TestCase("v4711")]
    [TestCase("4711")]
    [TestCase("no-such-release-0")]
    public async Task RollBack_NoSuchRelease_Fails(string id)
    {
        await using var app = await LocalApp.StartAsync();

        var result = await app.AskAsync((target, context, token) => target.RollBackAsync(context, new Release(id), token));

        Assert.That(result.Status, Is.EqualTo(StepStatus.Failed));
    }

    [Test]
    public async Task GetCurrent_AppWithoutCode_IsNull()
    {
        await using var app = await LocalApp.StartAsync();

        Assert.That(await app.AskAsync((target, context, token) => target.GetCurrentAsync(context, token)), Is.Null);
    }

    private static async Task<StepResult> RollBackAsync(LocalApp app, int version) =>
        await app.AskAsync((target, context, token) => target.RollBackAsync(context, new Release($"v{version}"), token));

    private static async Task<string?> SlugAsync(LocalApp app, int version) => (string?)(await app.ApiAsync($"/apps/shop/releases/{version}"))["slug"]!["id"];
}
