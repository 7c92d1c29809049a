using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Somebody without a mouse.</summary>
[Parallelizable(ParallelScope.All)]
public class KeyboardTests
{
    private const string Focused = """
        () => {
            const one = document.activeElement;
            const box = one.getBoundingClientRect();
            const style = getComputedStyle(one);
            return { look: `${style.outline} ${box.width} ${box.bottom}`, name: one.nodeName + ' ' + (one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 40), seen: box.width > 0 && box.bottom > 0 && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
        }
        """;

    [Test]
    public async Task Deployments_WithKeysAlone_AreFoundOpenedAndDecided()
    {
        await using var run = Run.Start(Chromium.Site, builder => builder.AddApproval("Approve", TimeSpan.FromMinutes(30)), new DeployRequest("shop", "keyboard"));
        await using var visit = await Visit.OpenAsync(Chromium.Site.Urls.Project(Site.Project));
        var page = visit.Page;

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main")).ToBeFocusedAsync();
        await TabToAsync(page, "INPUT");
        await page.Keyboard.TypeAsync(run.Id);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await TabToAsync(page, "A keyboard");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".question")).ToBeVisibleAsync();
        await TabToAsync(page, "BUTTON Approve");
        await page.Keyboard.PressAsync("Space");
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Succeeded");

        Assert.That((await run.EndAsync()).Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(visit.Complaints, Is.Empty);
    }

    /// <summary>Presses Tab until something has the focus; all that has it on the way must show it.</summary>
    private static async Task TabToAsync(IPage page, string name)
    {
        List<string> passed = [];
        for (var i = 0; i < 80; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var focus = await page.EvaluateAsync<System.Text.Json.JsonElement>(Focused);
            passed.Add(focus.GetProperty("name").GetString()!);
            Assert.That(focus.GetProperty("seen").GetBoolean(), Is.True, $"{passed[^1]} has the focus and does not show it: {focus.GetProperty("look")}");
            if (passed[^1].StartsWith(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"{name} cannot be reached with Tab. There are: {string.Join(", ", passed)}");
    }
}
