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
        Assert.That(await app.Http.GetStringAsync(app.Platform.WebUrl), Is.EqualTo("up\n"));
    }
}
