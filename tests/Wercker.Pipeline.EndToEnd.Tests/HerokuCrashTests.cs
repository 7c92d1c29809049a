using System.Text;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The tool is interrupted and killed in the middle of a push, and watched while it runs.</summary>
public sealed class HerokuCrashTests
{
    private const string Web = "web: exec perl server.pl\n";
    private const int SigInt = 2;
    private const int SigKill = 9;

    [Test]
    public async Task Deploy_KilledWhileItsSshKeyIsRegistered_IsCleanedUpByTheNextRun()
    {
        await using var shop = await HerokuShop.StartAsync(Web, ssh: true);
        shop.UseTransport("ssh");
        shop.Faults.HangBuilds = 1;
        using (var tool = shop.StartDeploy())
        {
            await tool.UntilAsync(() => tool.Error.Contains("Building on", StringComparison.Ordinal), "the build");
            Assert.That(await shop.CountKeysAsync(), Is.EqualTo(1));
            tool.Signal(SigKill);
            await tool.WaitAsync();
        }

        // What a killed run leaves besides: a build that goes on, and maintenance, which the next run would find and keep.
        await shop.CancelBuildsAsync();
        await shop.SetMaintenanceAsync(false);
        var decided = await shop.Work.RunAsync("resume", "--abandon", "the machine was lost, and the app was put right by hand");
        Assert.That(decided.ExitCode, Is.Zero, decided.ToString());
        var next = await shop.DeployAsync();

        Assert.That(next.ExitCode, Is.Zero, next.ToString());
        Assert.That(next.Error, Does.Contain("1 SSH key of earlier deployments removed"));
        Assert.That(await shop.CountKeysAsync(), Is.Zero);
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("new"));
        Assert.That(shop.PlacesOfTheKey(next), Is.Empty);
    }

    [TestCase("https")]
    [TestCase("build-api")]
    [TestCase("ssh")]
    public async Task Resume_KilledDuringTheBuild_WaitsForThatBuildAndStartsNoOther(string transport)
    {
        await using var shop = await StartAsync(transport);
        shop.Faults.BuildDelay = TimeSpan.FromSeconds(5);
        await KillDuringTheBuildAsync(shop);

        var resumed = await shop.Work.RunAsync("resume");

        Assert.That(resumed.ExitCode, Is.Zero, resumed.ToString());
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("new"));
        Assert.That((await shop.GetAsync("/apps/shop/builds")).AsArray(), Has.Count.EqualTo(2), "that of the old release, and one more");
        await AssertNothingIsLeftAsync(shop);
    }

    [TestCase("https")]
    [TestCase("build-api")]
    [TestCase("ssh")]
    public async Task Undo_KilledDuringABuildThatDoesNotEnd_CancelsItSoThatItNeverLands(string transport)
    {
        await using var shop = await StartAsync(transport);
        shop.Faults.HangBuilds = 1;
        await KillDuringTheBuildAsync(shop);

        var undone = await shop.Work.RunAsync("resume", "--undo");

        Assert.That(undone.ExitCode, Is.EqualTo(130), undone.ToString());
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("old"));
        Assert.That((await shop.GetAsync("/apps/shop/builds")).AsArray().Select(build => (string?)build!["status"]), Has.None.EqualTo("pending").And.One.EqualTo("failed"));
        await AssertNothingIsLeftAsync(shop);
    }

    [Test]
    public async Task Undo_TheBuildEndedAfterTheKill_RollsItsReleaseBack()
    {
        await using var shop = await StartAsync("https");
        shop.Faults.BuildDelay = TimeSpan.FromSeconds(3);
        await KillDuringTheBuildAsync(shop);
        await shop.SetMaintenanceAsync(false);
        for (var tries = 0; await shop.GetPageAsync() != "new" && tries < 600; tries++)
        {
            await Task.Delay(100);
        }

        Assert.That(await shop.GetPageAsync(), Is.EqualTo("new"), "the build went on without the tool");
        var undone = await shop.Work.RunAsync("resume", "--undo");

        Assert.That(undone.ExitCode, Is.EqualTo(130), undone.ToString());
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("old"));
        await AssertNothingIsLeftAsync(shop);
    }

    [Test]
    public async Task Deploy_InterruptedDuringTheBuild_PutsMaintenanceBackAndLeavesNoKey()
    {
        await using var shop = await HerokuShop.StartAsync(Web, ssh: true);
        shop.UseTransport("ssh");
        shop.Faults.HangBuilds = 1;
        using var tool = shop.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Building on", StringComparison.Ordinal), "the build");
        tool.Signal(SigInt);

        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(130), result.ToString());
        Assert.That(await shop.IsInMaintenanceAsync(), Is.False);
        Assert.That(await shop.CountKeysAsync(), Is.Zero);
        Assert.That(await shop.GetPageAsync(), Is.EqualTo("old"));
        Assert.That(shop.PlacesOfTheKey(result), Is.Empty);
    }

    [TestCase("https")]
    [TestCase("build-api")]
    [TestCase("ssh")]
    public async Task Deploy_WhileItRuns_NoOtherProcessHasTheKey(string transport)
    {
        await using var shop = await HerokuShop.StartAsync(Web, ssh: transport == "ssh");
        shop.UseTransport(transport);

        shop.Faults.BuildDelay = TimeSpan.FromSeconds(1);
        using var tool = shop.StartDeploy();
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(() => WatchAsync(shop, stop.Token));
        var result = await tool.WaitAsync();
        await stop.CancelAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(await watching, Is.Empty);
        Assert.That(shop.PlacesOfTheKey(result), Is.Empty);
    }

    private static async Task<HerokuShop> StartAsync(string transport)
    {
        var shop = await HerokuShop.StartAsync(Web, ssh: transport == "ssh");
        shop.UseTransport(transport);

        return shop;
    }

    private static async Task KillDuringTheBuildAsync(HerokuShop shop)
    {
        using var tool = shop.StartDeploy();
        await tool.UntilAsync(() => tool.Error.Contains("Building on", StringComparison.Ordinal), "the build");
        tool.Signal(SigKill);
        await tool.WaitAsync();
    }

    private static async Task AssertNothingIsLeftAsync(HerokuShop shop)
    {
        Assert.That(await shop.IsInMaintenanceAsync(), Is.False);
        Assert.That(await shop.CountKeysAsync(), Is.Zero);
        Assert.That(shop.Work.Processes(), Is.Empty);
        Assert.That(Directory.EnumerateDirectories(shop.Work.Temporary, "wercker-*"), Is.Empty);
    }

    /// <summary>Looks for the key in the arguments of every process, in the environment of those that have no business with it, and in every file of the run.</summary>
    private static async Task<SortedSet<string>> WatchAsync(HerokuShop shop, CancellationToken cancellationToken)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        string[] shapes = [shop.Platform.ApiKey, Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + shop.Platform.ApiKey))];
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => int.TryParse(Path.GetFileName(path), out _)))
            {
                var arguments = Read(Path.Combine(process, "cmdline"));
                var environment = Read(Path.Combine(process, "environ"));
                if (shapes.Any(arguments.Contains) || (shapes.Any(environment.Contains) && !MayHaveIt(arguments, environment)))
                {
                    found.Add(arguments.Replace('\0', ' '));
                }
            }

            foreach (var file in Directory.EnumerateFiles(shop.Work.Base, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 }).Where(file => shapes.Any(ReadFile(file).Contains)))
            {
                found.Add(file);
            }

            await Task.Delay(20, CancellationToken.None);
        }

        return found;
    }

    // The tool was given the key in its environment, and gives it to git for this one address and to scripts in the sandbox, as wercker promised.
    private static bool MayHaveIt(string arguments, string environment)
    {
        var program = Path.GetFileName(arguments.Split('\0')[0]);
        return arguments.Contains(BuiltTool.Path, StringComparison.Ordinal)
            || environment.Contains("WERCKER_ROOT=", StringComparison.Ordinal)
            || program is "env" || program.StartsWith("git", StringComparison.Ordinal);
    }

    // A pipe has no length, and reading it would wait for somebody to write.
    private static string ReadFile(string path) => new FileInfo(path) is { Exists: true, Length: > 0 } ? Read(path) : string.Empty;

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
