using System.Net;
using System.Net.Http.Json;
using Wercker.Pipeline.Decisions;

namespace Wercker.Pipeline.Dashboard.Tests;

/// <summary>What is refused, and changes nothing.</summary>
public class ActionRefusalTests
{
    private const string Deployment = "projects/shop/deployments/d1";
    private static Board _board = null!;

    [OneTimeSetUp]
    public static async Task StartAsync()
    {
        _board = await Board.StartAsync();
        var story = await new Story(_board.Store, "d1").BeginAsync();
        await story.StepAsync("Push");
        await story.DoneAsync("Push", StepStatus.Failed, "rejected", question: story.Question("Push", DecisionChoice.Retry, DecisionChoice.RollBack));
    }

    [OneTimeTearDown]
    public static async Task StopAsync() => await _board.DisposeAsync();

    [TestCase("d1-1", "approve", HttpStatusCode.BadRequest)]
    [TestCase("d1-1", "", HttpStatusCode.BadRequest)]
    [TestCase("", "retry", HttpStatusCode.BadRequest)]
    [TestCase("d1-9", "retry", HttpStatusCode.Conflict)]
    public async Task Answer_ThatWasNotAskedFor_IsRefused(string question, string choice, HttpStatusCode expected)
    {
        using var otto = await _board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsJsonAsync($"api/{Deployment}/answer", new { question, choice });
        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That(await _board.Store.ListActionsAsync("d1", null, 10, default), Is.Empty);
    }

    [TestCase("{\"question\": 1}")]
    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("")]
    public async Task Answer_BodyThatIsNone_IsRefused(string body)
    {
        using var otto = await _board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsync($"api/{Deployment}/answer", new StringContent(body, null, "application/json"));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Post_LargerThanAnythingSensible_IsRefused()
    {
        using var otto = await _board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsync($"{Deployment}/answer", Form(("question", "d1-1"), ("choice", "retry"), ("reason", new string('x', 100_000))));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
    }

    [Test]
    public async Task Post_WithoutASaidLength_IsNotReadForEver()
    {
        using var otto = _board.Browser(Board.Operator);
        using var endless = new HttpRequestMessage(HttpMethod.Post, $"{Deployment}/answer") { Content = Form(("question", "d1-1"), ("choice", "retry"), ("reason", new string('x', 300_000))) };
        endless.Headers.TransferEncodingChunked = true;
        endless.Content.Headers.ContentLength = null;
        using var answer = await otto.SendAsync(endless);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await _board.Store.ListActionsAsync("d1", null, 10, default), Is.Empty);
    }

    [Test]
    public async Task Cancel_WhereNobodyIsLeftToCancel_SaysSo()
    {
        using var otto = await _board.BrowserWithTokenAsync(Board.Operator);
        using var answer = await otto.PostAsJsonAsync($"api/{Deployment}/cancel", new { });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("wercker resume d1"));
        Assert.That(await _board.Store.FindCancelRequestAsync("d1", default), Is.Null);
    }

    [Test]
    public async Task Notice_OfAnAddress_IsNeverSomebodysSentence()
    {
        using var reader = _board.Browser();
        Assert.That(await reader.GetStringAsync("projects/shop?done=Call+0800-EVIL"), Does.Not.Contain("EVIL"));
        Assert.That(Actions.Notices.Find("frozen"), Does.Contain("frozen"));
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
}
