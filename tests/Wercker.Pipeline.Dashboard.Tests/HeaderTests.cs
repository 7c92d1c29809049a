using System.Net;
using System.Text.RegularExpressions;
using Wercker.Pipeline.Dashboard.Assets;

namespace Wercker.Pipeline.Dashboard.Tests;

/// <summary>What browsers are told, and what hostile addresses get.</summary>
public partial class HeaderTests
{
    private static readonly string[] Hostile =
    [
        "projects/shop/deployments/..%2f..%2fetc%2fpasswd", "projects/shop/deployments/.hidden", "projects/shop/deployments/d1%00",
        "projects/shop/deployments/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "projects/shop/deployments/d1'%20or%20'1'='1", "projects/..%2f..%2f/deployments/d1", "projects/%3Cb%3E",
        "projects/shop/targets/..%2f..%2fproduction", "projects/shop/targets/%3Cscript%3E", "projects/shop/deployments/d1/report/..%2fjson", "projects/shop/deployments/d1/report/exe",
        "assets/..%2f..%2fweb.config/x", "assets/0/dashboard.css", "assets/0/..%5c..%5cwin.ini", "projects/shop/deployments/d1/log/..%2ffile",
    ];

    private static Board _board = null!;

    /// <summary>Nothing here changes what is in it.</summary>
    [OneTimeSetUp]
    public static async Task StartAsync() => _board = await BoardAsync();

    [OneTimeTearDown]
    public static async Task StopAsync() => await _board.DisposeAsync();

    [Test]
    public async Task EveryAnswer_PageErrorAndFile_HasItsHeaders()
    {
        using var reader = _board.Browser();
        foreach (var path in new[] { "", "projects/shop", "projects/none", "projects/shop?status=odd", "api/projects", "api/projects/none", "cctray.xml", "projects/shop/deployments/d1/report/html" })
        {
            using var answer = await reader.GetAsync(path);
            var policy = HeaderOf(answer, "Content-Security-Policy");
            Assert.That(policy, Does.StartWith("default-src 'none'").And.Contain("frame-ancestors 'none'").And.Contain("require-trusted-types-for 'script'"), path);
            Assert.That(policy, Does.Not.Contain("unsafe").And.Not.Contain("*").And.Not.Contain("data:"), path);
            Assert.That(HeaderOf(answer, "X-Content-Type-Options"), Is.EqualTo("nosniff"), path);
            Assert.That(HeaderOf(answer, "X-Frame-Options"), Is.EqualTo("DENY"), path);
            Assert.That(HeaderOf(answer, "Referrer-Policy"), Is.EqualTo("no-referrer"), path);
            Assert.That(HeaderOf(answer, "Cache-Control"), Does.Contain("no-store"), path);
        }
    }

    [Test]
    public async Task Nonce_OfTwoPages_IsNeverTheSame()
    {
        using var reader = _board.Browser();
        var nonces = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await reader.GetAsync("projects/shop");
            var page = await answer.Content.ReadAsStringAsync();
            var nonce = Nonce().Match(HeaderOf(answer, "Content-Security-Policy")).Groups[1].Value;
            Assert.That(nonces.Add(nonce), Is.True);
            Assert.That(page, Does.Contain("<script").And.Contain("nonce=\""));
            foreach (var element in Element().Matches(page).Where(element => !element.Value.Contains("rel=\"icon\"", StringComparison.Ordinal)))
            {
                Assert.That(WebUtility.HtmlDecode(element.Value), Does.Contain($"nonce=\"{nonce}\""));
            }
        }
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task HostileAddress_IsNotFoundAndNotRepeated(string path)
    {
        using var reader = _board.Browser();
        foreach (var prefix in new[] { "", "api/" })
        {
            using var answer = await reader.GetAsync(prefix + path);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound).Or.EqualTo(HttpStatusCode.BadRequest), prefix + path);
            Assert.That(text, Does.Not.Contain("<script>alert").And.Not.Contain("passwd").And.Not.Contain("<b>"), prefix + path);
        }
    }

    [TestCase("projects/shop?status=odd", "status:")]
    [TestCase("projects/shop?status=1", "status:")]
    [TestCase("projects/shop?since=yesterday", "since:")]
    [TestCase("projects/shop?until=2013-13-01", "until:")]
    [TestCase("projects/shop?after=../x", "after:")]
    [TestCase("projects/shop?limit=0", "limit:")]
    [TestCase("projects/shop?limit=100000", "limit:")]
    [TestCase("projects/shop/audit?before=-1", "before:")]
    [TestCase("projects/shop/deployments/d1/log?line=0", "line:")]
    [TestCase("projects/shop/deployments/d1/log?line=99999999999999999999", "line:")]
    [TestCase("projects/shop/deployments/d1/log?count=5000", "count:")]
    [TestCase("projects/shop/compare?left=d1", "left and right")]
    public async Task QueryThatMeansNothing_IsSaid(string path, string word)
    {
        using var reader = _board.Browser();
        using var answer = await reader.GetAsync("api/" + path);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(word));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"));
    }

    [Test]
    public async Task Asset_WithItsHash_MayBeKeptForEver()
    {
        using var reader = _board.Browser();
        using var answer = await reader.GetAsync($"assets/{DashboardAssets.HashOf("dashboard.js")}/dashboard.js");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(HeaderOf(answer, "Cache-Control"), Does.Contain("private").And.Contain("immutable"));
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/javascript"));
        Assert.That(HeaderOf(answer, "X-Content-Type-Options"), Is.EqualTo("nosniff"));
    }

    [Test]
    public async Task Report_OfHostileDeployment_IsAFileAndNoPage()
    {
        using var reader = _board.Browser();
        foreach (var form in new[] { "json", "html", "md", "junit" })
        {
            using var answer = await reader.GetAsync($"projects/shop/deployments/d1/report/{form}");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), form);
            Assert.That(answer.Content.Headers.ContentDisposition!.DispositionType, Is.EqualTo("attachment"), form);
        }
    }

    private static async Task<Board> BoardAsync()
    {
        var board = await Board.StartAsync();
        var story = await new Story(board.Store, "d1").BeginAsync("<script>alert(1)</script>");
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", "pushing");
        }

        await story.EndAsync();
        return board;
    }

    private static string HeaderOf(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.TryGetValues(name, out var values) ? values : answer.Content.Headers.TryGetValues(name, out values) ? values : []);

    [GeneratedRegex("script-src 'nonce-([^']+)'")]
    private static partial Regex Nonce();

    [GeneratedRegex("<(?:script|style|link)[^>]*>")]
    private static partial Regex Element();
}
