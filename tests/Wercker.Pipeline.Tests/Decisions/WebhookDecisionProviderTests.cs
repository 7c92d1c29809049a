using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Decisions;

/// <summary>Against a server on loopback that answers what the test says.</summary>
public sealed class WebhookDecisionProviderTests
{
    private const string Shared = "0123456789abcdef";
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private readonly HttpClient _http = new();
    private readonly HttpListener _server = new();
    private readonly ConcurrentQueue<(string Method, string Path, string Body, string? Signature, string? Key)> _requests = new();
    private Func<int, (int Status, string Body, string? Signature, string? Location)> _answer = _ => (204, string.Empty, null, null);
    private Uri _url = null!;

    [SetUp]
    public void Start()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        _url = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hook");
        free.Stop();
        _server.Prefixes.Add($"http://127.0.0.1:{_url.Port}/");
        _server.Start();
        _ = ServeAsync();
    }

    [TearDown]
    public void Stop()
    {
        _server.Close();
        _http.Dispose();
    }

    [Test]
    public async Task Decide_AnswerInTheResponse_CountsAndTheQuestionWasSigned()
    {
        _answer = _ => Signed("""{"id": "d1-1", "choice": "retry", "by": "ann", "reason": "again"}""");

        var decision = await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long);

        Assert.That(decision, Is.EqualTo(new Decision(DecisionChoice.Retry, "ann", "again")));
        var (method, path, body, signature, key) = _requests.Single();
        Assert.That((method, path, key), Is.EqualTo(("POST", "/hook", "d1-1")));
        Assert.That(signature, Is.EqualTo(Hmac(body)));
        Assert.That(body, Does.Contain("\"question\": \"shop a1b2c3d: Push failed: no\""));
    }

    [Test]
    public async Task Decide_AcceptedWithALocation_LooksThereUntilThereIsAnAnswer()
    {
        _answer = call => call switch
        {
            1 => (202, string.Empty, null, "/answers/7"),
            2 => (204, string.Empty, null, null),
            3 => (503, "busy", null, null),
            _ => Signed("""{"choice": "roll-back", "by": "bob"}"""),
        };

        var decision = await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long);

        Assert.That(decision.By, Is.EqualTo("bob"));
        Assert.That(_requests.Select(request => $"{request.Method} {request.Path}"), Is.EqualTo(new[] { "POST /hook", "GET /answers/7", "GET /answers/7", "GET /answers/7" }));
    }

    [Test]
    public async Task Decide_ServerThatIsDownAtFirst_IsAskedAgain()
    {
        _answer = call => call < 3 ? (500, "no", null, null) : Signed("""{"choice": "fail", "by": "ann"}""");

        Assert.That((await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long)).Choice, Is.EqualTo(DecisionChoice.Fail));
    }

    [TestCase(null)]
    [TestCase("sha256=00")]
    public void Decide_AnswerWithoutTheRightSignature_DoesNotCount(string? signature)
    {
        _answer = _ => (200, """{"choice": "retry", "by": "mallory"}""", signature, null);

        Assert.That(async () => await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long), Throws.TypeOf<InvalidDataException>().With.Message.Contains("does not know the secret"));
    }

    [Test]
    public void Decide_LocationOnAnotherHost_IsNotFollowed()
    {
        _answer = _ => (202, string.Empty, null, "http://localhost:1/answers");

        Assert.That(async () => await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long), Throws.InvalidOperationException.With.Message.Contains("another host"));
    }

    [Test]
    public void Decide_Refused_Fails()
    {
        _answer = _ => (404, string.Empty, null, null);

        Assert.That(async () => await Provider().DecideAsync(DecisionProviderTests.Request(), default).AsTask().WaitAsync(Long), Throws.InvalidOperationException.With.Message.Contains("404"));
    }

    [Test]
    public async Task Receive_CallBack_CountsOnceAndOnlyWhenSigned()
    {
        var provider = Provider();
        var asking = provider.DecideAsync(DecisionProviderTests.Request(), default).AsTask();
        var body = """{"id": "d1-1", "choice": "retry", "by": "ann"}""";

        Assert.That(provider.Receive(Encoding.UTF8.GetBytes(body), null), Does.Contain("signature"));
        Assert.That(Receive(provider, """{"choice": "retry", "by": "ann"}"""), Does.Contain("\"id\" is missing"));
        Assert.That(Receive(provider, """{"id": "d9-1", "choice": "retry", "by": "ann"}"""), Does.Contain("answers the question d9-1"));
        Assert.That(Receive(provider, body), Is.Null);
        Assert.That((await asking.WaitAsync(Long)).By, Is.EqualTo("ann"));
        Assert.That(Receive(provider, body), Does.Contain("No question is open"));
    }

    [Test]
    public void Make_WeakSecretOrStrangeAddress_IsRefused()
    {
        Assert.That(() => new WebhookDecisionProvider(_http, _url, new Secret("short")), Throws.TypeOf<ConfigurationException>());
        Assert.That(() => new WebhookDecisionProvider(_http, new Uri("ftp://chat.example"), new Secret(Shared)), Throws.TypeOf<ConfigurationException>());
    }

    private static string? Receive(WebhookDecisionProvider provider, string body) => provider.Receive(Encoding.UTF8.GetBytes(body), Hmac(body));

    private static string Hmac(string body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Shared), Encoding.UTF8.GetBytes(body)));

    private static (int, string, string?, string?) Signed(string body) => (200, body, Hmac(body), null);

    private WebhookDecisionProvider Provider() => new(_http, _url, new Secret(Shared)) { Pause = TimeSpan.FromMilliseconds(10) };

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _server.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                _requests.Enqueue((
                    context.Request.HttpMethod, context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync(), context.Request.Headers[WebhookDecisionProvider.SignatureHeader], context.Request.Headers["Idempotency-Key"]));
                var (status, body, signature, location) = _answer(_requests.Count);
                context.Response.StatusCode = status;
                if (signature is not null)
                {
                    context.Response.Headers[WebhookDecisionProvider.SignatureHeader] = signature;
                }

                if (location is not null)
                {
                    context.Response.Headers["Location"] = location;
                }

                context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
