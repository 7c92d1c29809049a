using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>A window of the browser, which remembers everything that must not happen in one: errors, refused content, dialogs, requests to elsewhere.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Visit(IBrowserContext context, IPage page, Site site)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => Complain(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Complain(true, $"error: {error}");
        page.Dialog += async (_, dialog) =>
        {
            Complain(true, $"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => Complain(!request.Url.StartsWith(site.Root, StringComparison.Ordinal), $"request: {request.Url}");
    }

    public IPage Page { get; }

    /// <summary>What happened and must not; empty is good.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>Opens a window at a page.</summary>
    public static async Task<Visit> OpenAsync(string path, int width = 1280, int height = 720, bool script = true, Site? site = null)
    {
        site ??= Chromium.Site;
        var context = await Chromium.Browser.NewContextAsync(new()
        {
            BaseURL = site.Root,
            ViewportSize = new() { Width = width, Height = height },
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
            ColorScheme = ColorScheme.Light,
        });
        context.SetDefaultTimeout(60_000);
        await context.AddInitScriptAsync("addEventListener('securitypolicyviolation', e => console.error(`refused: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))");
        var visit = new Visit(context, await context.NewPageAsync(), site);
        await visit.GoAsync(path);
        return visit;
    }

    public async Task GoAsync(string path)
    {
        var answer = await Page.GotoAsync(path);
        Assert.That(answer!.Status, Is.EqualTo(200), path);
    }

    public Task ShootAsync(string name, bool whole = false) => Page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Screenshots, name + ".png"), FullPage = whole });

    /// <summary>What makes the page wider than its window, so that people have to scroll sideways.</summary>
    public async Task<string[]> TooWideAsync() => await Page.EvaluateAsync<string[]>("""
        () => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] : [...document.querySelectorAll('body *')]
            .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !one.closest('.unheard, .log, pre, svg'))
            .map(one => `${one.nodeName} ${one.className} ${Math.round(one.getBoundingClientRect().right)} ${one.textContent.trim().slice(0, 30)}`).slice(-4).concat(['.'])
        """);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Complain(bool isOne, string what)
    {
        if (isOne)
        {
            _complaints.Enqueue(what);
        }
    }
}
