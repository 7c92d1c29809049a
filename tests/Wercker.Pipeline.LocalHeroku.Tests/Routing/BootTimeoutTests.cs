namespace Wercker.Pipeline.LocalHeroku.Tests.Routing;

internal sealed class BootTimeoutTests : PlatformTest
{
    protected override void Configure(LocalHerokuOptions options)
    {
        options.BootTimeout = TimeSpan.FromSeconds(1);
        options.StopTimeout = TimeSpan.FromSeconds(1);
    }

    [Test]
    public async Task WebProcess_ThatBindsNoPort_IsKilledWithR10()
    {
        await DeployAsync(new() { ["Procfile"] = "web: exec sleep 1000\n" });

        string log = await WaitForLogAsync("State changed from starting to crashed");
        Assert.That(log, Does.Contain("heroku[web.1]: Error R10 (Boot timeout) -> Web process failed to bind to $PORT within 1 seconds of launch"));
        Assert.That(log, Does.Contain("Process exited with status 137"));
    }

    [Test]
    public async Task Process_ThatIgnoresSigterm_IsKilledWithR12()
    {
        await DeployAsync(new() { ["Procfile"] = "worker: trap '' TERM; echo deaf; while true; do sleep 0.1; done\n" });
        await WaitForLogAsync("app[worker.1]: deaf");

        await SendAsync(HttpMethod.Delete, "/apps/shop/dynos");

        Assert.That(await WaitForLogAsync("Process exited"), Does.Contain("heroku[worker.1]: Error R12 (Exit timeout)"));
    }
}
