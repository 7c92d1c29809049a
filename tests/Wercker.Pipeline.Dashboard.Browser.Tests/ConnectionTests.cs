using Microsoft.Playwright;
using Wercker.Pipeline.Tests.Servers;
using static Microsoft.Playwright.Assertions;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>The Admin page asks what it says it asks.</summary>
public class ConnectionTests
{
    [Test]
    public async Task Connection_ToRealGraphite_SaysWhatItSawAndWhenItIsGoneThatItIsGone()
    {
        GraphiteServer graphite = await GraphiteServer.StartAsync();
        await using var site = await Site.StartAsync(graphite.Url);
        await graphite.WriteAsync([.. Enumerable.Range(0, 30).Select(i => ("shop.web1.heartbeat", (double)i, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 30 + i))]);
        await using var visit = await Visit.OpenAsync(site.Urls.Admin, site: site);
        var page = visit.Page;
        var row = page.Locator(".connections > li").Filter(new() { HasText = "heartbeat" });

        await Expect(row).ToContainTextAsync("Not tested");
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(row).ToContainTextAsync("Works");
        await Expect(row).ToContainTextAsync("ann");
        await visit.ShootAsync("connection-works");
        await graphite.DisposeAsync();
        await row.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(row).ToContainTextAsync("Does not work");
        await visit.ShootAsync("connection-gone");
        await visit.GoAsync(site.Urls.Audit(Site.Project));
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);

        Assert.That(visit.Complaints, Is.Empty);
    }
}
