using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Routing;

namespace Wercker.Pipeline.Dashboard.Tests;

/// <summary>Who may what. The endpoints are found by asking the application, so that a new one is under these tests from its first day.</summary>
public class AccessTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["project"] = "shop",
        ["id"] = "d1",
        ["target"] = "production",
        ["connection"] = "0",
        ["form"] = "json",
        ["hash"] = "0",
        ["name"] = "dashboard.css",
    };

    private static Board _board = null!;

    /// <summary>Nothing here changes what is in it.</summary>
    [OneTimeSetUp]
    public static async Task StartAsync() => _board = await BoardAsync();

    [OneTimeTearDown]
    public static async Task StopAsync() => await _board.DisposeAsync();

    [Test]
    public async Task Everything_AskedByNobody_IsRefused()
    {
        using var nobody = _board.Browser(null);
        Assert.That(_board.Endpoints, Has.Count.GreaterThan(30));
        foreach (var endpoint in _board.Endpoints)
        {
            using var answer = await SendAsync(nobody, endpoint);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), endpoint.DisplayName);
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty, endpoint.DisplayName);
        }
    }

    [Test]
    public async Task Everything_OfAHiddenProject_LooksAsIfItWereNotThere()
    {
        using var reader = _board.Browser();
        foreach (var endpoint in _board.Endpoints.Where(one => one.RoutePattern.RawText!.Contains("{project}", StringComparison.Ordinal)))
        {
            using var hidden = await SendAsync(reader, endpoint, "hidden");
            using var none = await SendAsync(reader, endpoint, "none");
            Assert.That(hidden.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), endpoint.DisplayName);
            Assert.That(none.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), endpoint.DisplayName);
        }
    }

    [Test]
    public async Task Everything_ThatIsLookedAt_IsThereForReaders()
    {
        using var reader = _board.Browser();
        foreach (var endpoint in _board.Endpoints.Where(one => IsGet(one) && !one.RoutePattern.RawText!.Contains("admin", StringComparison.Ordinal)))
        {
            using var answer = await SendAsync(reader, endpoint);
            var text = endpoint.RoutePattern.RawText!;
            var expected = text.Contains("/assets/", StringComparison.Ordinal) ? HttpStatusCode.NotFound
                : text.EndsWith("/compare", StringComparison.Ordinal) ? HttpStatusCode.BadRequest
                : text.EndsWith("/log/error", StringComparison.Ordinal) ? HttpStatusCode.Redirect
                : HttpStatusCode.OK;
            Assert.That(answer.StatusCode, Is.EqualTo(expected), text);
        }
    }

    [Test]
    public async Task Actions_OfReaders_AreForbidden()
    {
        using var reader = await _board.BrowserWithTokenAsync(Board.Reader);
        foreach (var endpoint in _board.Endpoints.Where(one => !IsGet(one)))
        {
            using var answer = await SendAsync(reader, endpoint);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), endpoint.DisplayName);
        }

        Assert.That(await _board.Store.ListActionsAsync(null, null, 10, default), Is.Empty);
    }

    [Test]
    public async Task ActionsOfAdmins_OfOperators_AreForbidden()
    {
        using var somebody = await _board.BrowserWithTokenAsync(Board.Operator);
        foreach (var path in new[] { "unlock", "connections/0/test" })
        {
            using var answer = await somebody.PostAsJsonAsync($"api/projects/shop/targets/production/{path}", new { reason = "because" });
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), path);
        }

        using var admin = await somebody.GetAsync("admin");
        Assert.That(admin.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [TestCase("projects/shop/deployments/d1/cancel")]
    [TestCase("api/projects/shop/deployments/d1/cancel")]
    public async Task Actions_WithoutToken_AreRefusedAndDoNothing(string path)
    {
        using var admin = _board.Browser(Board.Admin);
        using var answer = await admin.PostAsync(path, new FormUrlEncodedContent([]));
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        if (path.StartsWith("api/", StringComparison.Ordinal))
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("token"));
        }

        Assert.That(await _board.Store.FindCancelRequestAsync("d1", default), Is.Null);
    }

    [Test]
    public async Task Actions_AllOfThem_NeedTheToken()
    {
        using var admin = _board.Browser(Board.Admin);
        var posts = _board.Endpoints.Where(one => !IsGet(one)).ToArray();
        Assert.That(posts, Has.Length.EqualTo(12));
        foreach (var endpoint in posts)
        {
            using var answer = await SendAsync(admin, endpoint);
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), endpoint.DisplayName);
        }

        Assert.That(await _board.Store.ListActionsAsync(null, null, 10, default), Is.Empty);
    }

    [Test]
    public async Task Actions_WithTheTokenOfSomebodyElse_AreRefused()
    {
        using var other = await _board.BrowserWithTokenAsync(Board.Reader);
        using var admin = _board.Browser(Board.Admin);
        admin.DefaultRequestHeaders.Add("RequestVerificationToken", other.DefaultRequestHeaders.GetValues("RequestVerificationToken"));
        using var answer = await admin.PostAsJsonAsync("api/projects/shop/deployments/d1/cancel", new { });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Admin_ForAdmins_ShowsConnections()
    {
        using var admin = _board.Browser(Board.Admin);
        Assert.That(await admin.GetStringAsync("api/admin"), Does.Contain("\"name\":\"Loggly\""));
    }

    private static async Task<Board> BoardAsync()
    {
        var board = await Board.StartAsync((options, one) => options
            .AddProject("shop", one.Store, project => project.AddTarget("production", target => target.AddConnection("Loggly", "acme", _ => Task.FromResult("It answers."))))
            .AddProject("hidden", one.Store));
        var story = await new Story(board.Store, "d1").BeginAsync();
        using (var log = board.Store.OpenLog("d1"))
        {
            Story.WriteLog(log, "Push", "out", "pushing");
        }

        // Ended, or its live view would not end either.
        await story.EndAsync();
        return board;
    }

    private static bool IsGet(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("GET");

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, RouteEndpoint endpoint, string project = "shop")
    {
        var path = Board.PathOf(endpoint, new Dictionary<string, string>(Values) { ["project"] = project });
        return IsGet(endpoint)
            ? client.GetAsync(path)
            : client.PostAsync(path, path.StartsWith("api/", StringComparison.Ordinal) ? JsonContent.Create(new { }) : new FormUrlEncodedContent([]));
    }
}
