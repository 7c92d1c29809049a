using System.Text;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Journal;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Heroku.Tests;

/// <summary>All nine phases, with real git, real processes and, over SSH, a real sshd.</summary>
public class FlowTests
{
    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    [TestCase(HerokuTransport.Ssh)]
    public async Task Deploy_TwoVersionsTheSecondBroken_GoesBackToTheFirst(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync(ssh: transport == HerokuTransport.Ssh);
        app.Write("version.txt", "one\n");
        var good = await DeployAsync(app, transport, "test one = one");
        Assert.That(good.Status, Is.EqualTo(DeployStatus.Succeeded), good.Summary);
        var first = await app.LiveAsync();

        app.Write("version.txt", "two\n");
        var bad = await DeployAsync(app, transport, "test -n \"$WERCKER_ROLLED_BACK\" || { echo the page is wrong; exit 1; }");

        Assert.That(bad.Status, Is.EqualTo(DeployStatus.Failed));
        Assert.That(bad.Restore, Is.EqualTo(RestoreStatus.Restored), string.Join("; ", bad.Reverts.Select(one => $"{one.Name} {one.Status} {one.Message}")));
        Assert.That((string?)(await app.ApiAsync($"/apps/shop/releases/{await app.LiveAsync()}"))["description"], Is.EqualTo($"Rollback to v{first}"));
        Assert.That((bool)(await app.ApiAsync("/apps/shop"))["maintenance"]!, Is.False);
        Assert.That(await app.GetPageAsync(), Is.EqualTo("up\n"));
    }

    [Test]
    public async Task Deploy_FailingPreDeploy_PushesNothingAndPutsMaintenanceBack()
    {
        await using var app = await LocalApp.StartAsync();
        (await DeployAsync(app, HerokuTransport.Https, "true")).EnsureSucceeded();
        var first = await app.LiveAsync();

        var report = await DeployAsync(app, HerokuTransport.Https, "true", preDeploy: "echo not today; exit 3");

        Assert.That(report.RootCause!.Message, Does.Contain("exit code 3"));
        Assert.That(await app.LiveAsync(), Is.EqualTo(first));
        Assert.That((bool)(await app.ApiAsync("/apps/shop"))["maintenance"]!, Is.False);
    }

    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    [TestCase(HerokuTransport.Ssh)]
    public async Task Deploy_AnyTransport_WritesTheKeyNowhere(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync(ssh: transport == HerokuTransport.Ssh);
        app.Faults.BuildDelay = TimeSpan.FromMilliseconds(700);
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(app.Key, stop.Token));
        var journal = new PipelineServices().Journal;
        var report = await DeployAsync(app, transport, "true", preDeploy: "env", journal: journal);
        var broken = await DeployAsync(app, transport, "exit 1", journal: journal);
        await stop.CancelAsync();

        Assert.That(report.Status, Is.EqualTo(DeployStatus.Succeeded), report.Summary);
        Assert.That(await watching, Is.Empty);
        foreach (var secret in Shapes(app.Key))
        {
            Assert.That(app.Output.Text, Does.Not.Contain(secret));
            Assert.That(report.ToString(), Does.Not.Contain(secret));
            Assert.That(await TextAsync(journal, report.Id), Does.Not.Contain(secret));
            Assert.That(await TextAsync(journal, broken.Id), Does.Not.Contain(secret));
        }
    }

    private static async Task<string> TextAsync(IDeploymentJournal journal, string id)
    {
        var text = new StringBuilder();
        await foreach (var one in journal.ReadAsync(id, CancellationToken.None))
        {
            text.AppendLine(one.ToString()).AppendLine(one.Value?.ToString());
            foreach (var evidence in one.Evidence ?? [])
            {
                text.AppendLine(evidence.Title).AppendLine(evidence.Text).AppendLine(evidence.Data?.ToJsonString());
            }
        }

        return text.ToString();
    }

    private static string[] Shapes(string key) => [key, Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + key))];

    /// <summary>Looks for the key in the arguments of all processes, in the environment of all but git's own, and in every file that a push makes.</summary>
    private static async Task<List<string>> WatchAsync(string key, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        var shapes = Shapes(key);
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
            {
                var line = Read(Path.Combine(process, "cmdline"));
                var environment = Read(Path.Combine(process, "environ"));
                var name = Path.GetFileName(line.Split('\0')[0]);

                // Scripts in the sandbox get HEROKU_KEY, as wercker promised; nobody else does.
                var isSandbox = environment.Contains("WERCKER_ROOT=", StringComparison.Ordinal);
                if (shapes.Any(line.Contains) || (shapes.Any(environment.Contains) && !isSandbox && !name.StartsWith("git", StringComparison.Ordinal)))
                {
                    found.Add(line.Replace('\0', ' '));
                }
            }

            foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), "wercker-heroku-push-*"))
            {
                foreach (var file in Files(directory).Where(file => shapes.Any(Read(file).Contains)))
                {
                    found.Add(file);
                }
            }

            await Task.Delay(15, CancellationToken.None);
        }

        return [.. found];
    }

    private static string[] Files(string directory)
    {
        try
        {
            return Directory.GetFiles(directory, "*", SearchOption.AllDirectories);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    private static async Task<DeployReport> DeployAsync(
        LocalApp app, HerokuTransport transport, string test, string preDeploy = "echo before", IDeploymentJournal? journal = null)
    {
        var options = app.Options(transport);
        var target = app.Target(options);
        var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Outputs = [app.Output], Journal = journal ?? new PipelineServices().Journal })
            .UseTarget(target)
            .UseSandbox(new ProcessSandboxProvider())
            .WithEnvironment((_, environment) => target.Contribute(environment))
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = [Command(preDeploy)];
                flow.PostDeploy = [Command("echo after; ls")];

                // A log without any line would be no evidence: somebody visits the page.
                flow.PostDeployTest = [Command($"curl --silent --output /dev/null {new UriBuilder(app.Platform.WebUrl) { Host = "127.0.0.1" }.Uri}"), Command(test)];
                flow.WarmUp = TimeSpan.Zero;
                flow.LogTest(log => log.From(new HerokuLogSource(app.Http, options), HerokuLogSource.PlatformErrors).After(TimeSpan.FromMilliseconds(200)));
            })
            .Build();

        // A first deployment has no release on which a command could run.
        if (await app.CountAsync("/apps/shop/builds") == 0)
        {
            Assert.That((await app.PushAsync(options)).Status, Is.EqualTo(StepStatus.Succeeded));
        }

        return await pipeline.DeployAsync(new("shop", "r1") { Source = Source.Directory(app.SourceDirectory) });
    }

    private static WerckerCommand Command(string text) => new(text);
}
