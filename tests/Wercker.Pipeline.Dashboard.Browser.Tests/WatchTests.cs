using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Wercker.Pipeline.Tests.Servers;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>A deployment is watched while it runs, and people have their say in it.</summary>
[Parallelizable(ParallelScope.All)]
public class WatchTests
{
    [Test]
    public async Task Deployment_WatchedFromItsFirstStep_ShowsEveryStepTheLogAndTheEndWithoutAReload()
    {
        Gate build = new(), push = new();
        await using var run = Run.Start(Chromium.Site, builder => builder
            .AddStep("Build", (context, cancellationToken) => PrintAsync(context, build, "compiling the shop", cancellationToken))
            .AddPush()
            .AddStep("Check", (context, cancellationToken) => PrintAsync(context, push, "the shop answers", cancellationToken)));
        await using var visit = await Visit.OpenAsync(run.Address);
        var page = visit.Page;
        await page.EvaluateAsync("window.loadedOnce = true");

        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Running");
        await Expect(page.Locator("#step-1")).ToContainTextAsync("Running");
        await Expect(page.Locator(".log")).ToContainTextAsync("compiling the shop");
        await Expect(page.Locator("#live-state")).ToHaveTextAsync("Live");
        await visit.ShootAsync("watch-1-building");
        build.Open();
        await Expect(page.Locator("#step-1")).ToContainTextAsync("Succeeded");
        await Expect(page.Locator("#step-1 details summary")).ToContainTextAsync("what was seen");
        await Expect(page.Locator("#step-3")).ToContainTextAsync("Running");
        await Expect(page.Locator(".log")).ToContainTextAsync("the shop answers");
        await Expect(page.Locator("#announce")).ToContainTextAsync("Check is running.");
        await visit.ShootAsync("watch-2-checking");
        push.Open();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Succeeded");
        await Expect(page.Locator("h1")).ToContainTextAsync("Deployed shop");
        await Expect(page).ToHaveTitleAsync(new Regex("^Succeeded"));
        await Expect(page.Locator("#announce")).ToContainTextAsync("Succeeded.");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel deployment" })).ToHaveCountAsync(0);
        await visit.ShootAsync("watch-3-end");

        Assert.That(await page.EvaluateAsync<bool>("window.loadedOnce === true"), Is.True, "The page was loaded again.");
        Assert.That(visit.Complaints, Is.Empty);
    }

    [Test]
    public async Task Deployment_WaitsForApproval_IsApprovedFromItsPageWithAReason()
    {
        await using var run = Run.Start(Chromium.Site, builder => builder.AddApproval("Approve", TimeSpan.FromMinutes(30), "Before the weekend?").AddPush());
        await using var visit = await Visit.OpenAsync(run.Address);
        var page = visit.Page;

        await Expect(page.Locator(".question")).ToContainTextAsync("Before the weekend?");
        await Expect(page.Locator(".question [data-until]")).ToContainTextAsync(new Regex("\\d+ min \\d\\d s"));
        await page.GetByLabel("Reason").FillAsync("the tests are green");
        await page.GetByLabel("Reason").PressAsync("Enter");
        await Expect(page.Locator(".question")).ToHaveCountAsync(1);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve", Exact = true }).ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("Your answer is recorded.");
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Succeeded");
        await Expect(page.Locator("[data-part=undo]")).ToContainTextAsync("approve by ann: the tests are green");
        await visit.ShootAsync("approved");

        Assert.That((await run.EndAsync()).Status, Is.EqualTo(DeployStatus.Succeeded));
        Assert.That(visit.Complaints, Is.Empty);
        await visit.GoAsync(Chromium.Site.Urls.Audit(Site.Project));
        await Expect(page.Locator("main")).ToContainTextAsync("the tests are green");
    }

    [Test]
    public async Task Deployment_CanceledFromItsPage_IsUndoneAndSaysWhoAsked()
    {
        Gate never = new();
        await using var run = Run.Start(Chromium.Site, builder => builder.AddPush().AddStep("Check", (context, cancellationToken) => PrintAsync(context, never, "waiting", cancellationToken)));
        await using var visit = await Visit.OpenAsync(run.Address);
        var page = visit.Page;

        await Expect(page.Locator("#step-2")).ToContainTextAsync("Running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel deployment" }).ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("asked to cancel");
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Canceled");
        await Expect(page.Locator("#undo-1")).ToContainTextAsync("Push");
        await visit.ShootAsync("canceled");

        Assert.That((await run.EndAsync()).Status, Is.EqualTo(DeployStatus.Canceled));
        Assert.That(visit.Complaints, Is.Empty);
    }

    [Test]
    public async Task Page_WithoutJavaScript_ShowsTheDeploymentAndTakesTheAnswer()
    {
        await using var run = Run.Start(Chromium.Site, builder => builder.AddApproval("Approve", TimeSpan.FromMinutes(30)).AddPush());
        await ServerProcess.UntilAsync("the question", async () => (await Chromium.Site.Store.ListQuestionsAsync(run.Id, CancellationToken.None)).Count > 0);
        await using var visit = await Visit.OpenAsync(run.Address, script: false);
        var page = visit.Page;

        await visit.ShootAsync("without-script");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        await Expect(page.Locator(".notice")).ToContainTextAsync("Your answer is recorded.");
        Assert.That((await run.EndAsync()).Status, Is.EqualTo(DeployStatus.Failed));
        await page.ReloadAsync();
        await Expect(page.Locator(".badge.large")).ToContainTextAsync("Failed");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open" }).ClickAsync();
        await Expect(page.Locator(".log")).ToContainTextAsync("decided: reject by ann");
    }

    private static async ValueTask<StepResult> PrintAsync(DeployContext context, Gate gate, string line, CancellationToken cancellationToken)
    {
        await context.Output.WriteAsync(OutputStream.Output, Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
        await gate.PassAsync(cancellationToken);
        return StepResult.Succeeded(line, new Evidence("text", "what was seen") { Text = line });
    }
}
