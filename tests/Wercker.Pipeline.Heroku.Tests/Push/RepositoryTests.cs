using System.Diagnostics;

namespace Wercker.Pipeline.Heroku.Tests.Push;

public class RepositoryTests
{
    [Test]
    public async Task Push_SameCommitAgain_IsSkippedAndSaysSo()
    {
        await using var app = await LocalApp.StartAsync();
        var source = Commit(app);
        var options = app.Options() with { KeepRepository = true };
        Assert.That((await app.PushAsync(options, source)).Status, Is.EqualTo(StepStatus.Succeeded));

        var report = await app.PushAsync(options, source);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Skipped));
        Assert.That(report.Message, Does.Contain("Everything up-to-date").And.Contain("forceEmptyCommit"));
    }

    [Test]
    public async Task Push_SameCommitForced_BuildsAgain()
    {
        await using var app = await LocalApp.StartAsync();
        var source = Commit(app);
        var options = app.Options() with { KeepRepository = true, ForceEmptyCommit = true };
        Assert.That((await app.PushAsync(options, source)).Status, Is.EqualTo(StepStatus.Succeeded));

        var report = await app.PushAsync(options, source);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(await app.CountAsync("/apps/shop/builds"), Is.EqualTo(2));
        Assert.That(Git(app.SourceDirectory, "rev-list", "--all", "--count").Trim(), Is.EqualTo("1"), "the author's repository was touched");
    }

    [Test]
    public async Task Push_SameCommitAfterAFailedReleasePhase_IsNoSuccess()
    {
        await using var app = await LocalApp.StartAsync();
        var source = Commit(app);
        var options = app.Options() with { KeepRepository = true };
        app.Faults.FailReleasePhases = 1;
        Assert.That((await app.PushAsync(options, source)).Status, Is.EqualTo(StepStatus.Failed));

        var report = await app.PushAsync(options, source);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Failed));
        Assert.That(report.Message, Does.Contain("Everything up-to-date").And.Contain("built nothing"));
    }

    [Test]
    public async Task Push_KeepRepositoryOfADirectory_IsAnError()
    {
        await using var app = await LocalApp.StartAsync();

        var report = await app.PushAsync(app.Options() with { KeepRepository = true });

        Assert.That(report.Status, Is.EqualTo(StepStatus.Error));
        Assert.That(report.Message, Does.Contain("No git repository found to push"));
    }

    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    public async Task Push_Submodules_AreFlattened(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync();
        var library = Directory.CreateTempSubdirectory("wercker-heroku-test-");
        File.WriteAllText(Path.Combine(library.FullName, "lib.txt"), "from the submodule");
        Git(library.FullName, "init", "-q", "-b", "main");
        Commit(library.FullName);
        app.Write("Procfile", "web: exec perl server.pl\nrelease: cat vendor/lib.txt\n");
        Git(app.SourceDirectory, "init", "-q", "-b", "main");
        Git(app.SourceDirectory, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.FullName, "vendor");
        Commit(app.SourceDirectory);

        var report = await app.PushAsync(app.Options(transport), Source.Git(app.SourceDirectory));
        library.Delete(recursive: true);

        Assert.That(report.Status, Is.EqualTo(StepStatus.Succeeded), report.Message);
        Assert.That(app.Output.Text, Does.Contain("from the submodule"));
    }

    [Test]
    public async Task Push_DirectoryWithIgnoredFiles_LeavesThemOut()
    {
        await using var app = await LocalApp.StartAsync();
        app.Write(".gitignore", ".env\n");
        app.Write(".env", "SECRET=1");
        app.Write("Procfile", "web: exec perl server.pl\nrelease: test ! -e .env\n");

        Assert.That((await app.PushAsync()).Status, Is.EqualTo(StepStatus.Succeeded));
    }

    private static Source Commit(LocalApp app)
    {
        Git(app.SourceDirectory, "init", "-q", "-b", "main");
        Commit(app.SourceDirectory);
        return Source.Git(app.SourceDirectory);
    }

    private static void Commit(string directory)
    {
        Git(directory, "add", ".");
        Git(directory, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-q", "-m", "one");
    }

    private static string Git(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", directory, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = Path.Combine(directory, "no-such-file");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} failed");
    }
}
