using Wercker.Pipeline.Steps;

namespace Wercker.Pipeline.Heroku.Tests.Dynos;

public class RestartTests
{
    [Test]
    public async Task Restart_RunningApp_WaitsForNewDynos()
    {
        await using var app = await StartAsync();
        var before = await DynoAsync(app);

        var report = await app.Harness().RunAsync(new RestartStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(await DynoAsync(app), Is.Not.EqualTo(before));
        Assert.That(await app.GetPageAsync(), Is.EqualTo("up\n"));
    }

    [Test]
    public async Task Restart_NeverDone_Fails()
    {
        await using var app = await StartAsync();
        app.Faults.IgnoreRestarts = 1;

        var report = await app.Harness(app.Options() with { DynoTimeout = TimeSpan.FromSeconds(2) }).RunAsync(new RestartStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("only the dynos of before are there"));
    }

    [Test]
    public async Task Restart_DynoCrashes_Fails()
    {
        await using var app = await StartAsync();
        app.Faults.CrashDynos = -1;

        var report = await app.Harness().RunAsync(new RestartStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("web.1 crashed"));
    }

    [Test]
    public async Task Restart_AnswerLost_IsRepeatedBecauseItMayBe()
    {
        await using var app = await StartAsync();
        app.Faults.RequestFilter = "DELETE /apps/shop/dynos";
        app.Faults.LoseAnswers = 1;

        Assert.That((await app.Harness().RunAsync(new RestartStep())).Status, Is.EqualTo(StepStatus.Succeeded));
    }

    [Test]
    public async Task Maintenance_SwitchedAndIgnored_IsAnError()
    {
        await using var app = await StartAsync();
        app.Faults.IgnoreMaintenance = 1;

        var report = await app.Harness().RunAsync(new MaintenanceOnStep());

        Assert.That(report.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Message, Does.Contain("Heroku said yes, but it is still off"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Maintenance_Undone_IsAsFound(bool found)
    {
        await using var app = await StartAsync();
        await app.AskAsync(async (target, context, token) =>
        {
            await target.SetMaintenanceAsync(context, found, token);
            return true;
        });

        var (step, _) = await app.Harness().RunAndUndoAsync(new MaintenanceOnStep());

        Assert.That(step.Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That((bool)(await app.ApiAsync("/apps/shop"))["maintenance"]!, Is.EqualTo(found));
    }

    private static async Task<string> DynoAsync(LocalApp app) => (string)(await app.ApiAsync("/apps/shop/dynos/web.1"))["id"]!;

    private static async Task<LocalApp> StartAsync()
    {
        var app = await LocalApp.StartAsync();
        Assert.That((await app.PushAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
        return app;
    }
}
