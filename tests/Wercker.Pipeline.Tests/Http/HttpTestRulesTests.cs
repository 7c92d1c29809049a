using System.Text.Json.Nodes;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Http;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Tests.Http;

public sealed class HttpTestRulesTests
{
    private static HttpTest Good => new HttpTest().Get("https://shop.example/").VersionInHeader("X-Version");

    private static SettingsReader Of(string json, Func<string, string?>? lookup = null) => new(JsonNode.Parse(json)!.AsObject(), "wercker.json: targets.live.httpTest", lookup);

    private static IEnumerable<TestCaseData> Impossible()
    {
        yield return new TestCaseData((HttpTest test) => test.Passes(4, 3), "must pass 4 times in a row in 3 tries");
        yield return new TestCaseData((HttpTest test) => test.Passes(0, 3), "must pass once at least");
        yield return new TestCaseData((HttpTest test) => test.Every(TimeSpan.Zero), "longer than zero");
        yield return new TestCaseData((HttpTest test) => test.TimeoutAfter(TimeSpan.Zero), "longer than zero");
        yield return new TestCaseData((HttpTest test) => test.ExpectLatency(TimeSpan.FromSeconds(-1)), "longer than zero");
        yield return new TestCaseData((HttpTest test) => test.Grace(TimeSpan.FromSeconds(-1)), "must not be negative");
        yield return new TestCaseData((HttpTest test) => test.Grace(TimeSpan.FromDays(2)), "must not be longer than a day");
        yield return new TestCaseData((HttpTest test) => test.Get("ftp://shop.example/"), "must be an http or https address");
        yield return new TestCaseData((HttpTest test) => test.Get("https://user:key@shop.example/"), "without a user or password");
        yield return new TestCaseData((HttpTest test) => test.ExpectStatus(99), "each from 100 to 599");
        yield return new TestCaseData((HttpTest test) => test.ExpectStatus(), "name one at least");
        yield return new TestCaseData((HttpTest test) => test.Send("X-A\r\nX-B", "1"), "cannot send the header");
        yield return new TestCaseData((HttpTest test) => test.Send("X-A", "1\r\nX-B: 2"), "cannot send the header");
        yield return new TestCaseData((HttpTest test) => test.ExpectJson("a..b", "1"), "not the way to a member");
        yield return new TestCaseData((HttpTest test) => test.ExpectJson("a[x]", "1"), "not the way to a member");
        yield return new TestCaseData((HttpTest test) => test.Get("http://shop.example/").ExpectCertificate(TimeSpan.FromDays(1)), "use https");
        yield return new TestCaseData((HttpTest test) => test.VersionInJson("v", "https://other.example/version"), "must be a path of");
        yield return new TestCaseData((HttpTest test) => test.Using(new HttpClient()).ExpectCertificate(TimeSpan.FromDays(1)), "cannot see certificates");
        yield return new TestCaseData((HttpTest test) => test.Using(new HttpClient()).Send("Authorization", new Secret("correct-horse")), "cannot keep a secret header");
    }

    [TestCaseSource(nameof(Impossible))]
    public void Build_ImpossibleSettings_AreRefused(Func<HttpTest, HttpTest> change, string words) => Assert.That(
        () => new DeployPipelineBuilder("shop").AddHttpTest("Http", test => change(test.Get("https://shop.example/").VersionInHeader("X-Version"))),
        Throws.TypeOf<ConfigurationException>().With.Message.Contains(words));

    [Test]
    public void Build_WithoutAddressOrVersion_IsRefused()
    {
        Assert.That(() => new WerckerFlow().HttpTest(test => test.VersionInHeader("X-Version")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("no address"));
        Assert.That(() => new WerckerFlow().HttpTest(test => test.Get("https://shop.example/")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("which version answers"));
    }

    [Test]
    public void FromSettings_Everything_IsRead()
    {
        var rules = HttpTest.FromSettings(Of(
            """
            {
              "url": "https://shop.example/health", "version": {"json": "build.commit", "path": "/version", "is": "$WERCKER_DEPLOY_ID"},
              "expect": {"status": 204, "headers": {"X-Cache": "HIT"}, "json": {"a.b": 3, "c": true}, "text": ["one", "two"], "latency": "800ms", "certificate": "14d"},
              "passes": 4, "tries": 12, "every": "1s", "timeout": 5, "grace": 0, "signature": {"header": "X-App", "value": "shop"},
              "headers": {"X-Probe": 1}, "secretHeaders": {"Authorization": "PROBE_KEY"}
            }
            """,
            name => name == "PROBE_KEY" ? "correct-horse" : null)).Rules;

        Assert.That(rules.Url!.ToString(), Is.EqualTo("https://shop.example/health"));
        Assert.That((rules.Proof!.Where, rules.VersionUrl!.ToString(), rules.VersionVariable), Is.EqualTo(("the JSON member build.commit", "https://shop.example/version", "WERCKER_DEPLOY_ID")));
        Assert.That((rules.Expects(204), rules.Expects(200), rules.Expectations.Count), Is.EqualTo((true, false, 5)));
        Assert.That((rules.Latency, rules.CertificateValidFor), Is.EqualTo((TimeSpan.FromMilliseconds(800), TimeSpan.FromDays(14))));
        Assert.That((rules.Passes, rules.Tries, rules.Interval, rules.Timeout, rules.Grace), Is.EqualTo((4, 12, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.Zero)));
        Assert.That(rules.Signature!.Words, Is.EqualTo("the header X-App: shop"));
        Assert.That(rules.Headers.Select(header => (header.Name, header.Value, header.Secret is not null)), Is.EqualTo(new[] { ("X-Probe", "1", false), ("Authorization", "correct-horse", true) }));
    }

    [TestCase("""{"version": {"header": "X"}}""", "httpTest.url is missing")]
    [TestCase("""{"url": "https://a.example"}""", "httpTest.version is missing")]
    [TestCase("""{"url": "https://a.example", "version": {}}""", "httpTest.version.header is missing")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X", "json": "y"}}""", "httpTest.version.header must be the only one")]
    [TestCase("""{"url": "https://a.example", "version": {"json": "a..b"}}""", "httpTest.version.json is wrong")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "retries": 3}""", "httpTest.retries is not known here")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "passes": 3, "tries": 2}""", "httpTest.tries is 2")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "grace": "soon"}""", "httpTest.grace must be a duration")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "expect": {"json": {"a": []}}}""", "httpTest.expect.json.a must be a string")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "expect": {"status": 700}}""", "httpTest.expect.status must be a whole number from 100 to 599")]
    [TestCase("""{"url": "http://a.example", "version": {"header": "X"}, "expect": {"certificate": "14d"}}""", "httpTest: The HTTP test expects a certificate")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "signature": {}}""", "httpTest.signature.header or \"text\" must be set")]
    [TestCase("""{"url": "https://a.example", "version": {"header": "X"}, "secretHeaders": {"Authorization": "NOT_SET"}}""", "httpTest.secretHeaders.Authorization names the environment variable NOT_SET")]
    public void FromSettings_Wrong_IsRefusedWithItsPath(string json, string words) =>
        Assert.That(() => HttpTest.FromSettings(Of(json, _ => null)), Throws.TypeOf<ConfigurationException>().With.Message.StartsWith("wercker.json: targets.live.").And.Message.Contains(words));

    [Test]
    public void Description_OfATest_SaysWhatIsAsked() => Assert.That(
        Good.Rules.Description, Is.EqualTo("GET https://shop.example/ until version of the deployment passes 3 times in a row (10 tries, 2 minutes for the cut-over)"));
}
