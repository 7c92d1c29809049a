using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Somebody who has not seen one before opens a failed deployment.</summary>
[Parallelizable(ParallelScope.All)]
public class FailedTests
{
    [TestCase(1280, 720)]
    [TestCase(390, 844)]
    public async Task FailedDeployment_Opened_SaysWhatFailedWhyTheTargetsStateAndWhatNextWithoutScrolling(int width, int height)
    {
        await using var visit = await Visit.OpenAsync(Chromium.Seed.Failed, width, height);
        var page = visit.Page;
        await Expect(page.Locator(".log li").First).ToBeVisibleAsync();
        await visit.ShootAsync($"failed-{width}x{height}");

        foreach (var (what, text) in new[] { ("what failed", "PostDeployTest"), ("why", "exit code 3"), ("the target", "Put back: every started step was undone."), ("what next", "mend the cause, then deploy again.") })
        {
            var place = page.Locator(".brief").GetByText(text).First;
            await Expect(place).ToBeInViewportAsync(new() { Ratio = 1 });
            Assert.That((await place.BoundingBoxAsync())!.Y, Is.LessThan(height), what);
        }

        await Expect(page.Locator(".badge.large")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(page.Locator("h1")).ToBeInViewportAsync(new() { Ratio = 1 });
        Assert.That(visit.Complaints, Is.Empty);
    }

    [Test]
    public async Task FailedDeployment_ItsCause_LeadsToTheEvidenceAndTheFirstError()
    {
        await using var visit = await Visit.OpenAsync(Chromium.Seed.Failed);
        var page = visit.Page;

        await page.Locator(".brief").GetByRole(AriaRole.Link, new() { Name = "PostDeployTest" }).ClickAsync();
        await Expect(page.Locator(".steps .decided")).ToBeInViewportAsync();
        await Expect(page.Locator(".steps .decided details[open]").First).ToContainTextAsync("FAIL checkout shows a price");
        await page.GetByRole(AriaRole.Button, new() { Name = "First error" }).ClickAsync();
        await Expect(page.Locator(".log .found")).ToBeInViewportAsync();
        await visit.ShootAsync("failed-whole", whole: true);

        Assert.That(visit.Complaints, Is.Empty);
    }

    [Test]
    public async Task TwoDeployments_ChosenInTheList_StandSideBySide()
    {
        await using var visit = await Visit.OpenAsync(Chromium.Site.Urls.Project(Site.Project) + "?target=production");
        var page = visit.Page;

        await page.Locator("input[name=left]").Nth(1).CheckAsync();
        await page.Locator("input[name=right]").Nth(0).CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Compare left with right" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("Two deployments");
        await Expect(page.Locator(".sides")).ToContainTextAsync("Succeeded");
        await Expect(page.Locator("tr.differs").GetByText("PostDeployTest")).ToBeVisibleAsync();
        await visit.ShootAsync("comparison");

        Assert.That(visit.Complaints, Is.Empty);
    }
}
