using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Every page, in the light and in the dark, on a telephone and on a desk.</summary>
[Parallelizable(ParallelScope.All)]
public class AccessibilityTests
{
    private static readonly (string Name, Func<Site, Seed, string> Address)[] All =
    [
        ("projects", (site, _) => site.Urls.Home), ("deployments", (site, _) => site.Urls.Project(Site.Project)), ("empty", (site, _) => site.Urls.Project("empty")),
        ("succeeded", (_, seed) => seed.Good), ("failed", (_, seed) => seed.Failed), ("asked", (_, seed) => seed.Asked.Address), ("log", (_, seed) => seed.Failed + "/log"),
        ("targets", (site, _) => site.Urls.Targets(Site.Project)), ("target", (site, _) => site.Urls.Target(Site.Project, "production")),
        ("comparison", (site, seed) => site.Urls.Compare(Site.Project, seed.Good.Split('/')[^1], seed.Failed.Split('/')[^1])),
        ("admin", (site, _) => site.Urls.Admin), ("audit", (site, _) => site.Urls.Audit(Site.Project)), ("hostile", (_, seed) => seed.Hostile),
    ];

    private static IEnumerable<string> Pages => All.Select(one => one.Name);

    [TestCaseSource(nameof(Pages))]
    public async Task Page_LightAndDarkNarrowAndWide_HasNoSeriousFindingAndNeedsNoSidewaysScrolling(string name)
    {
        await using var visit = await Visit.OpenAsync(All.Single(one => one.Name == name).Address(Chromium.Site, Chromium.Seed), 1280, 800);
        var page = visit.Page;
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        foreach (var (width, height) in new[] { (1280, 800), (320, 640) })
        {
            await page.SetViewportSizeAsync(width, height);
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await visit.ShootAsync($"page-{name}-{width}-{scheme.ToString().ToLowerInvariant()}", whole: name != "hostile");

                // What differs between the schemes is the colours: the other rules see the same page twice.
                var found = await page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations], RunOnly = scheme == ColorScheme.Dark ? new RunOnlyOptions { Type = "rule", Values = ["color-contrast", "link-in-text-block"] } : null });
                Assert.That(found.Violations.Where(one => one.Impact is "serious" or "critical").Select(Words), Is.Empty, $"{name}, {width} px, {scheme}");
            }

            Assert.That(await visit.TooWideAsync(), Is.Empty, $"{name} is wider than {width} px");
        }

        await page.SetViewportSizeAsync(3840, 2160);
        Assert.That(await visit.TooWideAsync(), Is.Empty, name);
        Assert.That(visit.Complaints, Is.Empty);
    }

    private static string Words(AxeResultItem item) => $"{item.Id}: {item.Help}: {string.Join(" | ", item.Nodes.Take(3).Select(node => node.Html))}";
}
