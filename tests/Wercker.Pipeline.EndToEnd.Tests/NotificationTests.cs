using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The tool tells a server on loopback how its deployments ended.</summary>
public sealed class NotificationTests
{
    private const string Shared = "a secret of more than 16 characters";
    private readonly HttpListener _server = new();
    private readonly ConcurrentDictionary<string, (string Body, string? Signature)> _received = new();
    private string _url = string.Empty;

    [SetUp]
    public void Start()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        _server.Prefixes.Add($"{_url}/");
        _server.Start();
        _ = ServeAsync();
    }

    [TearDown]
    public void Stop() => _server.Close();

    [Test]
    public async Task Deploy_Failed_TellsEverybodyAndShowsNoAddress()
    {
        using var work = Shop();

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        var (body, signature) = _received["/own"];
        Assert.That(signature, Is.EqualTo("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Shared), Encoding.UTF8.GetBytes(body)))));
        var json = JsonDocument.Parse(body).RootElement;
        Assert.That(json.GetProperty("kind").GetString(), Is.EqualTo("deploymentFinished"));
        Assert.That(json.GetProperty("report").GetProperty("status").GetString(), Is.EqualTo("failed"));
        Assert.That(JsonDocument.Parse(_received["/slack-5ecret"].Body).RootElement.GetProperty("text").GetString(), Does.StartWith("Failed to deploy"));
        Assert.That(work.FilesWith("slack-5ecret"), Is.Empty);
        Assert.That(result.ToString(), Does.Not.Contain("slack-5ecret"));
    }

    [Test]
    public async Task Deploy_ListenerRefuses_SaysSoAndChangesNothing()
    {
        using var work = Shop(deploy: "true", slack: "/refused-5ecret");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(result.Error, Does.Contain("Slack at 127.0.0.1 was not told of").And.Contain("said 404"));
        Assert.That(result.ToString(), Does.Not.Contain("refused-5ecret"));
        Assert.That(_received.Keys, Does.Contain("/own"));
    }

    [TestCase("""{"slack": "NOT_SET"}""", "slack")]
    [TestCase("""{"webhook": {"url": "https://ops.example"}}""", "webhook.secret")]
    [TestCase("""{"mail": "ann"}""", "mail")]
    [TestCase("""{"mail": {"host": "smtp.example.org", "from": "nobody", "to": "ann@example.org"}}""", "mail: 'nobody'")]
    [TestCase("""{"mail": {"host": "smtp.example.org", "from": "deploy@example.org", "security": "some"}}""", "mail.security")]
    public async Task Validate_WrongNotifications_NamesTheirPlace(string settings, string key)
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["true"], "targets": {"live": {"notifications": SETTINGS}}}""".Replace("SETTINGS", settings, StringComparison.Ordinal));

        var result = await work.RunAsync(key == "slack" ? "plan" : "validate");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain($"targets.live.notifications.{key}"));
    }

    private Workspace Shop(string deploy = "false", string slack = "/slack-5ecret") => new Workspace()
        .Config($$"""
            {
              "deploy": ["{{deploy}}"],
              "targets": {
                "live": {
                  "notifications": { "slack": "SLACK_WEBHOOK", "webhook": { "url": "{{_url}}/own", "secret": "SHARED" } }
                }
              }
            }
            """)
        .Variable("SLACK_WEBHOOK", _url + slack)
        .Variable("SHARED", Shared);

    private async Task ServeAsync()
    {
        while (_server.IsListening)
        {
            try
            {
                var context = await _server.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                _received[context.Request.Url!.AbsolutePath] = (await body.ReadToEndAsync(), context.Request.Headers["X-Wercker-Signature"]);
                context.Response.StatusCode = context.Request.Url.AbsolutePath.StartsWith("/refused", StringComparison.Ordinal) ? 404 : 200;
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }
}
