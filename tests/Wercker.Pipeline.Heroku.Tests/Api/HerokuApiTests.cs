using System.Net;
using Microsoft.Extensions.Time.Testing;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Releases;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku.Tests.Api;

public class HerokuApiTests
{
    private readonly ScriptedApi _script = new();
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task Get_MissingAndUnknownMembers_AreAccepted()
    {
        _script.On("GET /apps/shop/releases", """[{ "version": 1, "novelty": { "deep": [1] } }, { "version": "3", "status": "failed" }, { "version": 2, "slug": { "id": "s" } }]""");

        var current = await new ReleaseBook(Api()).GetCurrentAsync(CancellationToken.None);

        Assert.That((current!.Version, current.HasCode), Is.EqualTo((2, true)));
    }

    [Test]
    public async Task Get_NoJson_SaysWhatItIsNot()
    {
        _script.On("GET /account", "<html>");

        var e = await Assert.ThrowsAsync<HerokuException>(GetAccountAsync);

        Assert.That(e!.Message, Does.Contain("GET /account answered 200 with something that is not the JSON"));
    }

    [Test]
    public async Task Get_ErrorBody_IsToldWithTheRequestId()
    {
        _script.On("GET /account", """{ "id": "forbidden", "message": "You may\nnot.", "url": "https://example.org/why" }""", HttpStatusCode.Forbidden, "r-1");

        var e = await Assert.ThrowsAsync<HerokuException>(GetAccountAsync);

        Assert.That(e!.Message, Is.EqualTo("GET /account answered 403 forbidden: You may not. (Request-Id r-1) See https://example.org/why"));
        Assert.That((e.StatusCode, e.ErrorId, e.RequestId), Is.EqualTo((HttpStatusCode.Forbidden, "forbidden", "r-1")));
    }

    [Test]
    public async Task Send_RateLimit_WaitsAsLongAsAsked()
    {
        _script.On("POST /apps/shop/builds", _ => Refused(TimeSpan.FromSeconds(40))).On("POST /apps/shop/builds", """{ "id": "b" }""");

        var sending = Api().SendAsync(HttpMethod.Post, "/apps/shop/builds", [], AnswerJson.Default.BuildInfo, false, CancellationToken.None).AsTask();
        _clock.Advance(TimeSpan.FromSeconds(39));
        Assert.That(sending.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That((await sending).Id, Is.EqualTo("b"));
        Assert.That(_script.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Send_OtherClientOfTheSameKeyWasRefused_WaitsToo()
    {
        _script.On("GET /account", _ => Refused(TimeSpan.FromSeconds(40))).On("GET /account", "{}");
        var key = Guid.NewGuid().ToString();

        var first = Api(key).GetAsync("/account", AnswerJson.Default.AccountInfo, CancellationToken.None).AsTask();
        var second = Api(key).GetAsync("/account", AnswerJson.Default.AccountInfo, CancellationToken.None).AsTask();
        var stranger = Api("another").GetAsync("/account", AnswerJson.Default.AccountInfo, CancellationToken.None).AsTask();
        await stranger;
        Assert.That((first.IsCompleted, second.IsCompleted), Is.EqualTo((false, false)));
        _clock.Advance(TimeSpan.FromSeconds(41));

        await Task.WhenAll(first, second);
        Assert.That(_script.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Send_RateLimitBeyondPatience_Throws()
    {
        _script.On("GET /account", _ => Refused(TimeSpan.FromMinutes(11)));

        var e = await Assert.ThrowsAsync<HerokuException>(GetAccountAsync);

        Assert.That(e!.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
    }

    [Test]
    public async Task Send_NoAnswer_NamesTheHostAndNotTheKey()
    {
        _script.On("GET /account", _ => throw new HttpRequestException("no route"));

        var e = await Assert.ThrowsAsync<HerokuException>(GetAccountAsync);

        Assert.That(e!.Message, Does.StartWith("GET /account: api.example.org gave no answer: no route"));
        Assert.That((e.StatusCode, e.IsOutcomeUnknown), Is.EqualTo(((HttpStatusCode?)null, true)));
    }

    private static HttpResponseMessage Refused(TimeSpan after)
    {
        var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Content = new StringContent("""{ "id": "rate_limit" }""") };
        response.Headers.RetryAfter = new(after);
        return response;
    }

    private async Task<AccountInfo> GetAccountAsync() => await Api().GetAsync("/account", AnswerJson.Default.AccountInfo, CancellationToken.None);

    private HerokuApi Api(string? key = null) =>
        new(new HttpClient(_script, disposeHandler: false), new Uri("https://api.example.org"), new Secret(key ?? Guid.NewGuid().ToString()), "shop", _clock);
}
