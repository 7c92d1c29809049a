using System.Net;

namespace Wercker.Pipeline.LocalHeroku.Tests;

/// <summary>The code of docs/local-heroku.md.</summary>
public sealed class DocumentationTests
{
    [Test]
    public async Task Page_InsideATest_StartsAPlatformThatAnswers()
    {
        // <inside-a-test>
        await using LocalHerokuPlatform heroku = await LocalHerokuPlatform.StartAsync(new LocalHerokuOptions { App = "shop" });
        using var http = new HttpClient { BaseAddress = heroku.ApiUrl };
        http.DefaultRequestHeaders.Authorization = new("Bearer", heroku.ApiKey);
        heroku.Faults.FailReleasePhases = 1;   // the next release fails
        // </inside-a-test>
        http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.heroku+json; version=3");
        using var answer = await http.GetAsync(new Uri("/apps/shop", UriKind.Relative));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
