using System.Text;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Whatever a deployment is called and whatever it prints stays text: nothing runs, nothing is asked for, nothing is refused because nothing was tried.</summary>
[Parallelizable(ParallelScope.All)]
public class HostileTests
{
    private static readonly string[] Planted = ["main img", "iframe", "base", "main meta", "main style", "main link", "main script", "main math", "form[action*='evil']", "a[href^='javascript' i]", "[onerror],[onload],[onfocus],[ontoggle]"];

    [Test]
    public async Task HostileTexts_OnEveryPage_AreShownAndDoNothing()
    {
        var urls = Chromium.Site.Urls;
        await using var visit = await Visit.OpenAsync(Chromium.Seed.Hostile);
        foreach (var (name, address) in new[]
        {
            ("deployment", Chromium.Seed.Hostile), ("log", Chromium.Seed.Hostile + "/log?line=1"), ("list", urls.Project(Site.Project)), ("target", urls.Target(Site.Project, Hostile.TargetName)),
            ("search", urls.Project(Site.Project) + "?q=" + Uri.EscapeDataString(Hostile.Markup)), ("targets", urls.Targets(Site.Project)), ("admin", urls.Admin), ("home", urls.Home),
            ("comparison", urls.Compare(Site.Project, Chromium.Seed.Good.Split('/')[^1], Chromium.Seed.Hostile.Split('/')[^1])),
        })
        {
            await visit.GoAsync(address);
            await visit.Page.WaitForLoadStateAsync(Microsoft.Playwright.LoadState.NetworkIdle);
            await AssertHarmlessAsync(visit, name);
            await visit.ShootAsync($"hostile-{name}");
        }

        await visit.GoAsync(Chromium.Seed.Hostile);
        await Expect(visit.Page.Locator(".steps")).ToContainTextAsync("<script>window.hacked='script'</script>");
        await Expect(visit.Page.Locator(".log")).ToContainTextAsync("<iframe srcdoc=");
        foreach (var details in await visit.Page.Locator("details").AllAsync())
        {
            await details.EvaluateAsync("one => one.open = true");
        }

        await AssertHarmlessAsync(visit, "unfolded");
    }

    [Test]
    public async Task HostileTexts_ThatArriveLive_AreShownAndDoNothing()
    {
        Gate gate = new();
        await using var run = Run.Start(Chromium.Site, builder => builder
            .AddStep("Wait", async (_, cancellationToken) =>
            {
                await gate.PassAsync(cancellationToken);
                return StepResult.Succeeded();
            })
            .AddStep("Print", async (context, cancellationToken) =>
            {
                await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(string.Join('\n', Hostile.Corpus) + "\nthe last line\n"), cancellationToken);
                return StepResult.Failed(Hostile.Markup, new Evidence("text", Hostile.Markup) { Text = Hostile.Markup });
            }));
        await using var visit = await Visit.OpenAsync(run.Address);

        await Expect(visit.Page.Locator("#live-state")).ToHaveTextAsync("Live");
        gate.Open();
        await Expect(visit.Page.Locator(".log")).ToContainTextAsync("the last line");
        await Expect(visit.Page.Locator(".badge.large")).ToContainTextAsync("Failed");
        await Expect(visit.Page.Locator("h1")).ToContainTextAsync(Hostile.Markup);

        await AssertHarmlessAsync(visit, "live");
    }

    private static async Task AssertHarmlessAsync(Visit visit, string where)
    {
        Assert.That(await visit.Page.EvaluateAsync<string?>("window.hacked ?? null"), Is.Null, where);
        Assert.That(visit.Complaints, Is.Empty, where);
        foreach (var selector in Planted)
        {
            Assert.That(await visit.Page.Locator(selector).CountAsync(), Is.Zero, $"{selector} on {where}");
        }

        Assert.That(await visit.Page.EvaluateAsync<int>("document.scripts.length"), Is.EqualTo(1), where);
    }
}
