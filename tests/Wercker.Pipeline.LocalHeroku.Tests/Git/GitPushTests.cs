using System.Text;

namespace Wercker.Pipeline.LocalHeroku.Tests.Git;

internal sealed class GitPushTests : PlatformTest
{
    private Dictionary<string, string> Credentials => new()
    {
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_CONFIG_COUNT"] = "1",
        ["GIT_CONFIG_KEY_0"] = "http.extraHeader",
        ["GIT_CONFIG_VALUE_0"] = "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + Heroku.ApiKey)),
    };

    [Test]
    public async Task Push_OfAnApp_BuildsReleasesAndRunsIt()
    {
        string repository = await CommitAsync(AppFiles("1", "release: echo migrating\n"));

        (int status, string output) = await PushAsync(repository);
        (int again, string unchanged) = await PushAsync(repository);
        await WaitForStateAsync("web.1", "up");

        Assert.That(status, Is.Zero, output);
        Assert.That(output, Does.Contain("remote: -----> Building on").And.Contain("Released v3").And.Contain($"{Heroku.WebUrl} deployed to Heroku"));
        Assert.That(output, Does.Contain("remote: Verifying deploy... done.").And.Contain("remote: migrating"));
        Assert.That(again, Is.Zero);
        Assert.That(unchanged, Does.Contain("Everything up-to-date"));
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / none 1\n"));
        Assert.That((await GetAsync("/apps/shop/builds")).AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Push_ThatDoesNotCompile_IsRejected()
    {
        Dictionary<string, string> files = AppFiles();
        files["bin/compile"] = "echo no luck; exit 1";
        string repository = await CommitAsync(files);

        (int status, string output) = await PushAsync(repository);
        (_, string refs) = await RunAsync(repository, Credentials, "", "git", "ls-remote", Heroku.GitUrl.ToString());

        Assert.That(status, Is.EqualTo(1));
        Assert.That(output, Does.Contain("remote:        no luck").And.Contain("Push rejected to shop.").And.Contain("(pre-receive hook declined)"));
        Assert.That(refs, Is.Empty, "the branch was not moved");
    }

    [Test]
    public async Task Push_WhoseReleasePhaseFails_SucceedsAllTheSame()
    {
        string repository = await CommitAsync(AppFiles("1", "release: exit 7\n"));

        (int status, string output) = await PushAsync(repository);

        Assert.That(status, Is.Zero, output);
        Assert.That(output, Does.Contain("Release command failed"));
        Assert.That((await GetAsync("/apps/shop/releases/3"))["status"]!.ToString(), Is.EqualTo("failed"));
    }

    [Test]
    public async Task Push_OfAnotherBranch_BuildsNothing()
    {
        string repository = await CommitAsync(AppFiles());

        (int status, string output) = await PushAsync(repository, "HEAD:refs/heads/feature");

        Assert.That(status, Is.Zero);
        Assert.That(output, Does.Contain("skipping build"));
        Assert.That((await GetAsync("/apps/shop/builds")).AsArray(), Is.Empty);
    }

    [Test]
    public async Task Push_OfALargeApp_ArrivesWhole()
    {
        Dictionary<string, string> files = AppFiles();
        string repository = await CommitAsync(files, async directory =>
        {
            byte[] noise = new byte[5_000_000];
            new Random(1).NextBytes(noise);
            await File.WriteAllBytesAsync(Path.Combine(directory, "noise"), noise);
        });

        (int status, string output) = await PushAsync(repository);
        (int cloned, string clone) = await RunAsync(Scratch, Credentials, "", "git", "clone", "-q", Heroku.GitUrl.ToString(), "copy");

        Assert.That(status, Is.Zero, output);
        Assert.That(cloned, Is.Zero, clone);
        Assert.That(new FileInfo(Path.Combine(Scratch, "copy", "noise")).Length, Is.EqualTo(5_000_000));
    }

    [Test]
    public async Task Push_WithoutTheKeyOrToNoApp_IsRefused()
    {
        string repository = await CommitAsync(AppFiles());
        Dictionary<string, string> wrong = Credentials;
        wrong["GIT_CONFIG_VALUE_0"] = "Authorization: Bearer wrong";

        (int unauthorized, string why) = await RunAsync(repository, wrong, "", "git", "push", Heroku.GitUrl.ToString(), "main");
        string nowhere = Heroku.GitUrl.ToString().Replace("shop.git", "nope.git");
        (int missing, string what) = await RunAsync(repository, Credentials, "", "git", "push", nowhere, "main");

        Assert.That(unauthorized, Is.EqualTo(128), why);
        Assert.That(missing, Is.EqualTo(128));
        Assert.That(what, Does.Contain("not found"));
    }

    [Test]
    public async Task Push_CutAfterTheBuild_LeavesTheReleaseBehind()
    {
        Heroku.Faults.CutPushes = 1;
        string repository = await CommitAsync(AppFiles());

        (int status, string output) = await PushAsync(repository);

        Assert.That(status, Is.Not.Zero, output);
        Assert.That((await GetAsync("/apps/shop/releases/3"))["status"]!.ToString(), Is.EqualTo("succeeded"));
    }

    [Test]
    public async Task Requests_OfGit_FailWhileTheyAreToldTo()
    {
        Heroku.Faults.FailGitRequests = 1;
        string repository = await CommitAsync(AppFiles());

        (int status, string output) = await PushAsync(repository);
        (int later, _) = await PushAsync(repository);

        Assert.That(status, Is.EqualTo(128));
        Assert.That(output, Does.Contain("503"));
        Assert.That(later, Is.Zero);
    }

    private Task<(int Status, string Output)> PushAsync(string repository, string what = "main") =>
        RunAsync(repository, Credentials, "", "git", "push", Heroku.GitUrl.ToString(), what);

    private async Task<string> CommitAsync(Dictionary<string, string> files, Func<string, Task>? more = null)
    {
        string directory = Write(files);
        await (more?.Invoke(directory) ?? Task.CompletedTask);
        await GitWorkTree.CommitAsync(directory);
        return directory;
    }
}

/// <summary>Makes a repository of a directory.</summary>
internal static class GitWorkTree
{
    public static async Task CommitAsync(string directory)
    {
        string script = "[ -d .git ] || git init -q -b main; git add -A && git -c user.name=t -c user.email=t@example.test commit -q -m change";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = directory })!;
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero);
    }
}
