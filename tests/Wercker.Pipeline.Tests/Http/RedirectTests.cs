using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Http;

public sealed class RedirectTests
{
    private const string Key = "correct-horse-battery-staple";
    private readonly ConcurrentQueue<(string Path, string? Authorization, string? Probe)> _seen = new();

    private RequestDelegate Site(Func<string, string?> redirect) => context =>
    {
        var path = context.Request.Path.ToString();
        _seen.Enqueue((path, context.Request.Headers.Authorization, context.Request.Headers["X-Probe"]));
        context.Response.Headers["X-Version"] = "2";
        if (redirect(path) is { } to)
        {
            context.Response.Redirect(to);
        }

        return Task.CompletedTask;
    };

    private static Task<StepReport> AskAsync(string url, Func<HttpTest, HttpTest>? more = null) => HttpTestRunner.RunAsync(test => (more ?? (same => same))(
        test.Get(url).VersionInHeader("X-Version").Send("Authorization", new Secret(Key)).Send("X-Probe", "wercker").Passes(1, 1).Every(HttpTestRunner.Interval).Grace(TimeSpan.Zero)));

    [Test]
    public async Task Redirect_ToTheSameHost_KeepsTheHeaders()
    {
        await using var site = await LocalSite.StartAsync(Site(path => path == "/a" ? "/b" : null));

        Assert.That((await AskAsync(site.Url + "a")).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(_seen, Is.EqualTo(new[] { ("/a", Key, "wercker"), ("/b", Key, "wercker") }));
    }

    [Test]
    public async Task Redirect_ToAnotherHost_CarriesNoHeader()
    {
        await using var other = await LocalSite.StartAsync(Site(_ => null));
        await using var site = await LocalSite.StartAsync(Site(path => path == "/a" ? other.Url + "elsewhere" : null));

        Assert.That((await AskAsync(site.Url + "a")).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(_seen, Is.EqualTo(new[] { ("/a", Key, "wercker"), ("/elsewhere", (string?)null, (string?)null) }));
    }

    [Test]
    public async Task Redirect_ToTheSamePortUnderAnotherName_CarriesNoHeader()
    {
        await using var site = await LocalSite.StartAsync(Site(_ => null));
        await using var first = await LocalSite.StartAsync(Site(path => path == "/a" ? site.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "b" : null));

        await AskAsync(first.Url + "a");

        Assert.That(_seen.Last(), Is.EqualTo(("/b", (string?)null, (string?)null)));
    }

    [Test]
    public async Task Redirect_WithoutEnd_IsNotFollowedForEver()
    {
        await using var site = await LocalSite.StartAsync(Site(path => path + "x"));

        Assert.That((await AskAsync(site.Url + "a")).Message, Does.Contain("302").And.Contain("the status is not from 200 to 299"));
        Assert.That(_seen, Has.Count.EqualTo(6));
    }

    [Test]
    public async Task Redirect_ThatIsExpected_IsNotFollowed()
    {
        await using var site = await LocalSite.StartAsync(Site(_ => "/login"));

        Assert.That((await AskAsync(site.Url + "a", test => test.ExpectStatus(302).ExpectHeader("Location", "/login"))).Status, Is.EqualTo(StepStatus.Succeeded));
        Assert.That(_seen, Has.Count.EqualTo(1));
    }
}
