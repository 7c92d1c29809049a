using System.Net;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Api;

internal sealed class BuildEndpointsTests : PlatformTest
{
    [Test]
    public async Task Build_OfAnUploadedSource_ReleasesItAndRunsIt()
    {
        JsonNode build = await DeployAsync(AppFiles("7"));
        await WaitForStateAsync("web.1", "up");

        Assert.That(build["status"]!.ToString(), Is.EqualTo("succeeded"));
        JsonNode release = await GetAsync($"/apps/shop/releases/{build["release"]!["id"]}");
        Assert.That(release["description"]!.ToString(), Is.EqualTo("Deploy abc12345"));
        Assert.That(release["current"]!.GetValue<bool>(), Is.True);
        Assert.That(release["slug"]!["id"]!.ToString(), Is.EqualTo(build["slug"]!["id"]!.ToString()));
        Assert.That(await Web.GetStringAsync("/hello"), Is.EqualTo("GET /hello none 7\n"));
        JsonNode slug = await GetAsync($"/apps/shop/slugs/{build["slug"]!["id"]}");
        Assert.That(slug["process_types"]!.ToJsonString(), Is.EqualTo("""{"web":"exec perl server.pl"}"""));
    }

    [Test]
    public async Task Build_WithACompileScript_ShowsItsOutputWhileItRunsAndKeepsWhatItMade()
    {
        Dictionary<string, string> files = AppFiles();
        files["bin/compile"] = "echo first; while [ ! -e \"$2/go\" ]; do sleep 0.05; done; echo second; echo made > version";
        JsonNode build = await StartBuildAsync(files);

        using HttpClient anonymous = new();
        await using Stream stream = await anonymous.GetStreamAsync(new Uri(build["output_stream_url"]!.ToString()));
        using var reader = new StreamReader(stream);
        string? line;
        while ((line = await reader.ReadLineAsync()) is not null && line != "       first")
        {
        }

        Assert.That(line, Is.EqualTo("       first"), "the line comes before the script ends");
        await File.WriteAllTextAsync(Path.Combine(Heroku.Directory, "cache", "shop", "go"), "");
        Assert.That(await reader.ReadToEndAsync(), Does.StartWith("       second\n").And.Contain("Released v3"));
        await WaitForStateAsync("web.1", "up");
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / none made\n"));
    }

    [Test]
    public async Task Build_ThatCannotCompile_FailsAndReleasesNothing()
    {
        Dictionary<string, string> files = AppFiles();
        files["bin/compile"] = "echo broken >&2; exit 3";

        JsonNode build = await DeployAsync(files);

        Assert.That(build["status"]!.ToString(), Is.EqualTo("failed"));
        Assert.That(build["release"], Is.Null);
        Assert.That(await OutputAsync(build), Does.Contain("broken").And.Contain("exited with status 3").And.Contain("Push failed"));
        Assert.That((await GetAsync("/apps/shop/releases")).AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Build_WithoutProcfile_Fails()
    {
        JsonNode build = await DeployAsync(new() { ["readme"] = "nothing to run" });

        Assert.That(build["status"]!.ToString(), Is.EqualTo("failed"));
        Assert.That(await OutputAsync(build), Does.Contain("Procfile"));
    }

    [Test]
    public async Task Build_OfAWrongChecksumOrNothing_Fails()
    {
        JsonNode source = (await SendAsync(HttpMethod.Post, "/sources")).Body!["source_blob"]!;
        var blob = new JsonObject { ["url"] = source["get_url"]!.ToString() };
        JsonNode missing = (await SendAsync(HttpMethod.Post, "/apps/shop/builds", new JsonObject { ["source_blob"] = blob })).Body!;
        JsonNode finished = await WaitAsync($"/apps/shop/builds/{missing["id"]}", b => b["status"]!.ToString() != "pending");
        Assert.That(await OutputAsync(finished), Does.Contain("Nothing was uploaded"));

        using var content = new ByteArrayContent([1, 2, 3]);
        using HttpClient anonymous = new();
        using HttpResponseMessage put = await anonymous.PutAsync(new Uri(source["put_url"]!.ToString()), content);
        var wrong = new JsonObject { ["url"] = source["get_url"]!.ToString(), ["checksum"] = "SHA256:00" };
        JsonNode build = (await SendAsync(HttpMethod.Post, "/apps/shop/builds", new JsonObject { ["source_blob"] = wrong })).Body!;
        finished = await WaitAsync($"/apps/shop/builds/{build["id"]}", b => b["status"]!.ToString() != "pending");
        Assert.That(await OutputAsync(finished), Does.Contain("checksum"));
    }

    [Test]
    public async Task Output_OfAReaderThatWasCutOff_GoesOnWhereItWas()
    {
        JsonNode build = await DeployAsync();
        string all = await OutputAsync(build);

        using HttpClient anonymous = new();
        anonymous.DefaultRequestHeaders.TryAddWithoutValidation("Range", "bytes=20-");
        using HttpResponseMessage rest = await anonymous.GetAsync(new Uri(build["output_stream_url"]!.ToString()));
        anonymous.DefaultRequestHeaders.Remove("Range");
        anonymous.DefaultRequestHeaders.Add("Accept", "text/event-stream");
        string events = await anonymous.GetStringAsync(new Uri(build["output_stream_url"]!.ToString()));
        string id = events.Split('\n')[0]["id: ".Length..];
        anonymous.DefaultRequestHeaders.Add("Last-Event-ID", id);
        string later = await anonymous.GetStringAsync(new Uri(build["output_stream_url"]!.ToString()));

        Assert.That(rest.StatusCode, Is.EqualTo(HttpStatusCode.PartialContent));
        Assert.That(await rest.Content.ReadAsStringAsync(), Is.EqualTo(all[20..]));
        Assert.That(events, Does.StartWith($"id: {id}\ndata: -----> Building"));
        Assert.That(events, Does.EndWith(later));
        Assert.That(later, Does.Not.Contain("Building on"));
    }

    [TestCase("text/event-stream", ExpectedResult = "text/event-stream")]
    [TestCase("text/event-stream, text/plain;q=0.9, */*;q=0.5", ExpectedResult = "text/event-stream")]
    [TestCase("text/plain, text/event-stream;q=0.9", ExpectedResult = "text/plain")]
    [TestCase("*/*", ExpectedResult = "text/plain")]
    [TestCase("not an accept header", ExpectedResult = "text/plain")]
    public async Task<string?> Output_AskedForInAForm_HasIt(string accept)
    {
        JsonNode build = await DeployAsync();
        using HttpClient anonymous = new();
        anonymous.DefaultRequestHeaders.TryAddWithoutValidation("Accept", accept);
        using HttpResponseMessage response = await anonymous.GetAsync(new Uri(build["output_stream_url"]!.ToString()));
        return response.Content.Headers.ContentType?.MediaType;
    }

    [Test]
    public async Task Build_Canceled_FailsAndTheNextOneIsBuilt()
    {
        Heroku.Faults.HangBuilds = 1;
        JsonNode build = await StartBuildAsync();

        (int status, JsonNode? canceled) = await SendAsync(HttpMethod.Delete, $"/apps/shop/builds/{build["id"]}");

        Assert.That((status, canceled!["status"]!.ToString()), Is.EqualTo((200, "failed")));
        Assert.That(await OutputAsync(build), Does.Contain("canceled"));
        Assert.That((await DeployAsync())["status"]!.ToString(), Is.EqualTo("succeeded"));
    }

    [Test]
    public async Task Slug_MadeElsewhere_CanBeReleased()
    {
        string directory = Write(AppFiles("slug"));
        await RunAsync(Scratch, "tar", "-czf", "slug.tgz", "-C", directory, ".");
        var types = new JsonObject { ["web"] = "exec perl server.pl" };
        JsonNode slug = (await SendAsync(HttpMethod.Post, "/apps/shop/slugs", new JsonObject { ["process_types"] = types })).Body!;
        var release = new JsonObject { ["slug"] = slug["id"]!.ToString(), ["description"] = "by hand" };
        Assert.That((await SendAsync(HttpMethod.Post, "/apps/shop/releases", release.DeepClone().AsObject())).Status, Is.EqualTo(422), "nothing uploaded yet");

        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(Scratch, "slug.tgz")));
        using HttpClient anonymous = new();
        using HttpResponseMessage put = await anonymous.PutAsync(new Uri(slug["blob"]!["url"]!.ToString()), content);
        (int status, JsonNode? made) = await SendAsync(HttpMethod.Post, "/apps/shop/releases", release);
        await WaitForStateAsync("web.1", "up");

        Assert.That(status, Is.EqualTo(201));
        Assert.That(made!["description"]!.ToString(), Is.EqualTo("by hand"));
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / none slug\n"));
        Assert.That((await anonymous.GetByteArrayAsync(new Uri(slug["blob"]!["url"]!.ToString()))), Has.Length.EqualTo(content.Headers.ContentLength));
    }

    private static async Task<string> OutputAsync(JsonNode build)
    {
        using HttpClient anonymous = new();
        return await anonymous.GetStringAsync(new Uri(build["output_stream_url"]!.ToString()));
    }
}
