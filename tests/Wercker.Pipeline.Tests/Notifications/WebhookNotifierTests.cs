using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Notifications;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Tests.Reports;

// The analyzer does not know that FsCheck supplies the arguments.
#pragma warning disable NUnit1027

namespace Wercker.Pipeline.Tests.Notifications;

/// <summary>What webhooks are sent, and what is done when they do not take it.</summary>
public sealed class WebhookNotifierTests : IDisposable
{
    private const string Shared = "0123456789abcdef";
    private static readonly Uri Url = new("https://hooks.example.org/T0/secret-part");
    private readonly HastyClock _clock = new();
    private readonly Server _server = new();
    private readonly HttpClient _http;

    public WebhookNotifierTests() => _http = new HttpClient(_server);

    public void Dispose()
    {
        _http.Dispose();
        _server.Dispose();
    }

    [Test]
    public async Task Signed_Notification_IsSignedAndHasTheReport()
    {
        await DeployNotifications.Webhook(_http, Url, new Secret(Shared), _clock).NotifyAsync(Ended(), default);

        var (body, signature, key) = _server.Requests.Single();
        Assert.That(signature, Is.EqualTo("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Shared), Encoding.UTF8.GetBytes(body)))));
        Assert.That(key, Is.EqualTo("r1-9"));
        var json = JsonDocument.Parse(body).RootElement;
        Assert.That(json.GetProperty("id").GetString(), Is.EqualTo("r1-9"));
        Assert.That(json.GetProperty("kind").GetString(), Is.EqualTo("deploymentFinished"));
        Assert.That(json.GetProperty("sentence").GetString(), Does.StartWith("Failed to deploy shop a1b2c3d to production."));
        Assert.That(json.GetProperty("report").GetProperty("rootCause").GetString(), Is.EqualTo("canary/PostDeployTest"));
    }

    [Test]
    public async Task Slack_FailedDeployment_SaysVerdictCauseAndState()
    {
        await DeployNotifications.Slack(_http, new Secret(Url.ToString()), _clock).NotifyAsync(Ended(), default);

        var json = JsonDocument.Parse(_server.Requests.Single().Body).RootElement;
        var section = json.GetProperty("blocks")[0];
        Assert.That(json.GetProperty("text").GetString(), Does.StartWith("Failed to deploy shop"));
        Assert.That(section.GetProperty("text").GetProperty("text").GetString(), Does.StartWith("✗ Failed to deploy shop"));
        Assert.That(
            section.GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("text").GetString()),
            Has.Some.StartsWith("*Root cause*\ncanary/PostDeployTest: Exit code 1").And.Some.EqualTo("*State of the target*\nPut back: every started step was undone."));
        Assert.That(_server.Requests.Single().Signature, Is.Null);
    }

    [Test]
    public async Task Teams_Question_IsACardWithTheChoices()
    {
        var question = new DecisionRequest
        {
            Id = "r1-7",
            DeploymentId = "r1",
            Step = "Push",
            Question = "Push failed: what now?",
            Choices = [DecisionChoice.Retry, DecisionChoice.RollBack],
            Default = DecisionChoice.RollBack,
            AskedAt = ReportSamples.Noon,
            Due = ReportSamples.Noon.AddMinutes(30),
        };

        await DeployNotifications.Teams(_http, new Secret(Url.ToString()), _clock).NotifyAsync(Ended() with { Kind = DeployEventKind.DecisionRequested, Question = question }, default);

        var card = JsonDocument.Parse(_server.Requests.Single().Body).RootElement.GetProperty("attachments")[0].GetProperty("content");
        Assert.That(card.GetProperty("type").GetString(), Is.EqualTo("AdaptiveCard"));
        Assert.That(card.GetProperty("body")[0].GetProperty("text").GetString(), Is.EqualTo("? The deployment of shop a1b2c3d to production waits for a decision over Push: Push failed: what now?"));
        Assert.That(card.GetProperty("body")[1].GetProperty("facts").EnumerateArray().Select(fact => fact.GetProperty("value").GetString()), Has.Some.EqualTo("retry, roll-back"));
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(HostileReports)], MaxTest = 50)]
    public void Bodies_HostileTexts_StayTexts(DeployReport report)
    {
        var notification = new DeployNotification("r1-9", DeployEventKind.DeploymentFinished, report);
        var slack = NotificationBody.Slack(notification);
        var teams = NotificationBody.Teams(notification);

        var texts = JsonDocument.Parse(slack).RootElement.GetProperty("blocks")[0].GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("text").GetString()!.Split('\n', 2)[1]);
        Assert.That(texts.Where(text => text.AsSpan().IndexOfAny('<', '>') >= 0 || text.Length > 2_000), Is.Empty);
        var card = JsonDocument.Parse(teams).RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body")[1].GetProperty("facts");
        Assert.That(card.EnumerateArray().Select(fact => fact.GetProperty("value").GetString()!.Replace("\\[", string.Empty, StringComparison.Ordinal)).Where(text => text.Contains('[', StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Notify_ServerIsBusy_TriesAgainWithTheSameKeyAndAfterWhatItAsksFor()
    {
        _server.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        _server.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { RetryAfter = new(TimeSpan.FromSeconds(30)) } });
        _server.Answers.Enqueue(() => throw new HttpRequestException("refused"));

        await DeployNotifications.Slack(_http, new Secret(Url.ToString()), _clock).NotifyAsync(Ended(), default);

        Assert.That(_clock.Waits, Is.EqualTo(new[] { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(4) }));
        Assert.That(_server.Requests.Select(request => request.Key), Is.All.EqualTo("r1-9"));
    }

    [Test]
    public void Notify_Refused_SaysTheStatusAndHidesTheAddress()
    {
        _server.Answers.Enqueue(() => new HttpResponseMessage(HttpStatusCode.NotFound));

        var notifier = DeployNotifications.Slack(_http, new Secret(Url.ToString()), _clock);

        Assert.That(
            async () => await notifier.NotifyAsync(Ended(), default),
            Throws.TypeOf<HttpRequestException>().With.Message.EqualTo("hooks.example.org said 404 (Not Found).").And.Message.Not.Contains("secret-part"));
        Assert.That(notifier.Name, Is.EqualTo("Slack at hooks.example.org"));
        Assert.That(_server.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public void Make_WrongSettings_AreRefusedWithoutShowingThem()
    {
        Assert.That(() => DeployNotifications.Slack(_http, new Secret("hooks.example.org/x")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("Slack").And.Message.Not.Contains("hooks.example"));
        Assert.That(() => DeployNotifications.Webhook(_http, Url, new Secret("short")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("16 characters"));
    }

    private static DeployNotification Ended() => new("r1-9", DeployEventKind.DeploymentFinished, DeployReport.FromEvents(ReportSamples.Failed()));

    private sealed class Server : HttpMessageHandler
    {
        public Queue<Func<HttpResponseMessage>> Answers { get; } = new();

        public List<(string Body, string? Signature, string? Key)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.That(request.RequestUri, Is.EqualTo(Url));
            Requests.Add((await request.Content!.ReadAsStringAsync(cancellationToken), One(request, "X-Wercker-Signature"), One(request, "Idempotency-Key")));
            return Answers.TryDequeue(out var answer) ? answer() : new HttpResponseMessage(HttpStatusCode.OK);
        }

        private static string? One(HttpRequestMessage request, string header) => request.Headers.TryGetValues(header, out var values) ? values.Single() : null;
    }
}
