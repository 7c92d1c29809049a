using System.Net;
using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class DashboardTests
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    [TestCase(SigInt)]
    [TestCase(SigTerm)]
    public async Task Dashboard_LinkFollowedOnce_ShowsTheRunsAndEndsWithZero(int signal)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo hello"], "targets": {"live": {}}}""");
        await work.DeployAsync();
        using var tool = work.Start("dashboard", "--json");
        await tool.UntilAsync(() => tool.Output.Contains('}', StringComparison.Ordinal), "the link");
        var said = JsonElement.Parse(tool.Output);
        var (address, link) = (said.GetProperty("address").GetString()!, said.GetProperty("link").GetString()!);
        Assert.That(address, Does.StartWith("http://127.0.0.1:"));
        using var nobody = new HttpClient();
        using var somebody = new HttpClient();
        Assert.That((await nobody.GetAsync(address)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), "nobody without the link");
        Assert.That((await nobody.GetAsync($"{address}/enter?token=guessed")).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await somebody.GetAsync(link)).StatusCode, Is.EqualTo(HttpStatusCode.OK), "who follows the link gets a cookie, and the page");
        Assert.That((await nobody.GetAsync(link)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), "the link is good once");
        var project = JsonElement.Parse(await somebody.GetStringAsync($"{address}/api/projects")).GetProperty("projects")[0];
        Assert.That(project.GetProperty("latest")[0].GetProperty("status").GetString(), Is.EqualTo("succeeded"));
        Assert.That(project.GetProperty("targets")[0].GetString(), Is.EqualTo("live"));
        using var elsewhere = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Host = "evil.example" } };
        Assert.That((await nobody.SendAsync(elsewhere)).StatusCode, Is.EqualTo(HttpStatusCode.MisdirectedRequest), "a name of somebody else");
        Assert.That(tool.Error, Does.Not.Contain("fail:").And.Not.Contain("warn:"));

        tool.Signal(signal);
        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
    }

    [TestCase("http://0.0.0.0:5080", "other machines")]
    [TestCase("http://*:5080", "no address")]
    [TestCase("https://127.0.0.1:5080", "speaks http here")]
    [TestCase("", "name an address")]
    public async Task Dashboard_WhereItMayNotListen_IsRefused(string urls, string words)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo hello"]}""");
        using var tool = work.Start("dashboard", "--urls", urls);

        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("--urls").And.Contain(words));
    }

    [Test]
    public async Task Dashboard_PortThatIsTaken_IsRefused()
    {
        using var other = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo hello"]}""");
        using var tool = work.Start("dashboard", "--urls", $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}");

        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("listens there already"));
    }
}
