using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>A log is longer than any page.</summary>
[Parallelizable(ParallelScope.All)]
public class LogTests
{
    private const int MostNodes = 12_000;

    [Test]
    public async Task LongLog_ReadFromEndToError_KeepsThePageSmallAndFindsItsWay()
    {
        await using var visit = await Visit.OpenAsync(Chromium.Seed.Long + "/log");
        var page = visit.Page;
        var log = page.Locator(".log");

        await Expect(log).ToContainTextAsync(new Regex($"compiled module {Seed.LongLog}"));
        await page.GetByRole(AriaRole.Button, new() { Name = "First error" }).ClickAsync();
        await Expect(page.Locator(".log .found")).ToBeInViewportAsync();
        await Expect(log).ToContainTextAsync("the middle is broken");
        await visit.ShootAsync("log-first-error");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.Locator("#L1")).ToBeInViewportAsync();
        for (var i = 0; i < 12; i++)
        {
            await log.EvaluateAsync("one => one.scrollTop = one.scrollHeight");
            await Expect(page.Locator("[data-log-state]")).ToContainTextAsync("of 100,0");
            await page.WaitForFunctionAsync("() => { const one = document.querySelector('.log'); return one.scrollHeight - one.scrollTop - one.clientHeight > 600; }");
        }

        await Expect(page.Locator($"#L{3000.ToString(CultureInfo.InvariantCulture)}")).ToHaveCountAsync(1);
        await page.GetByLabel("Line", new() { Exact = true }).FillAsync("77777");
        await page.GetByLabel("Line", new() { Exact = true }).PressAsync("Enter");
        await Expect(page.Locator("#L77777")).ToBeInViewportAsync();

        Assert.That(await page.EvaluateAsync<int>("document.querySelectorAll('*').length"), Is.LessThan(MostNodes));
        Assert.That(visit.Complaints, Is.Empty);
    }

    [Test]
    public async Task LongLog_WrittenWhileSomebodyWatches_FollowsAndStaysResponsive()
    {
        Gate gate = new(), end = new();
        await using var run = Run.Start(Chromium.Site, builder => builder.AddStep("Print", async (context, cancellationToken) =>
        {
            await gate.PassAsync(cancellationToken);
            for (var block = 0; block < 100; block++)
            {
                var lines = new StringBuilder();
                for (var i = 0; i < 500; i++)
                {
                    lines.Append(CultureInfo.InvariantCulture, $"line {(block * 500) + i + 1}\n");
                }

                await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(lines.ToString()), cancellationToken);
                await Task.Delay(10, cancellationToken);
            }

            await end.PassAsync(cancellationToken);
            return StepResult.Succeeded();
        }));
        await using var visit = await Visit.OpenAsync(run.Address);
        var page = visit.Page;
        var follow = page.GetByRole(AriaRole.Button, new() { Name = "Follow" });

        await Expect(page.Locator("#live-state")).ToHaveTextAsync("Live");
        await Expect(follow).ToHaveAttributeAsync("aria-pressed", "true");
        await page.EvaluateAsync("() => { window.worst = 0; let last = performance.now(); const beat = () => { const now = performance.now(); window.worst = Math.max(window.worst, now - last); last = now; setTimeout(beat, 10); }; beat(); }");
        gate.Open();
        await Expect(page.Locator(".log li").Last).ToContainTextAsync("line 50000");
        await page.Locator(".log").EvaluateAsync("one => one.scrollTop = 0");
        await Expect(follow).ToHaveAttributeAsync("aria-pressed", "false");
        await follow.ClickAsync();
        await Expect(follow).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Locator(".log-foot").ScrollIntoViewIfNeededAsync();
        await Expect(page.Locator(".log li").Last).ToBeInViewportAsync();
        await visit.ShootAsync("log-following");
        end.Open();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Succeeded");

        TestContext.Out.WriteLine($"The page was busy for at most {await page.EvaluateAsync<double>("window.worst"):0} ms.");
        Assert.That(await page.EvaluateAsync<double>("window.worst"), Is.LessThan(10_000), "The page did not answer.");
        Assert.That(await page.EvaluateAsync<int>("document.querySelectorAll('*').length"), Is.LessThan(MostNodes));
        Assert.That(visit.Complaints, Is.Empty);
    }
}
