using Microsoft.Playwright;

// Two pages at once: more of them only wait for the browser.
[assembly: LevelOfParallelism(2)]

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>One browser and one application for all tests; each test has a window of its own, and deployments of its own where it changes something.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private const string Program = "/usr/bin/chromium-headless-shell";
    private static IPlaywright? _driver;

    internal static IBrowser Browser { get; private set; } = null!;

    internal static Site Site { get; private set; } = null!;

    internal static Seed Seed { get; private set; } = null!;

    /// <summary>Git ignores it.</summary>
    internal static string Screenshots { get; } = FindScreenshots();

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        if (!File.Exists(Program))
        {
            Assert.Ignore($"There is no {Program}: as root, eng/provision.sh installs it (Debian's chromium-headless-shell).");
        }

        Assertions.SetDefaultExpectTimeout(60_000);
        Directory.CreateDirectory(Screenshots);
        var browser = LaunchAsync();
        Site = await Site.StartAsync();
        Seed = await Seed.SowAsync(Site);
        Browser = await browser;
    }

    [OneTimeTearDown]
    public static async Task StopAsync()
    {
        if (Browser is not null)
        {
            await Browser.CloseAsync();
        }

        _driver?.Dispose();
        if (Seed is not null)
        {
            await Seed.DisposeAsync();
        }

        if (Site is not null)
        {
            await Site.DisposeAsync();
        }
    }

    private static async Task<IBrowser> LaunchAsync()
    {
        _driver = await Playwright.CreateAsync();
        return await _driver.Chromium.LaunchAsync(new() { ExecutablePath = Program, Headless = true, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"] });
    }

    private static string FindScreenshots()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Wercker.Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "artifacts", "screenshots");
    }
}
