using System.Text.Json.Nodes;
using Wercker.Pipeline.LocalHeroku;

namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class HerokuTests
{
    private const string Server = """
        use IO::Socket::INET;
        my $s = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die;
        while (my $c = $s->accept) {
          while (<$c>) { last if /^\r?\n$/ }
          open my $f, '<', 'version.txt'; my $v = <$f>;
          print $c "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n$v";
          close $c;
        }
        """;

    [Test]
    public async Task Deploy_HerokuTwoVersionsTheSecondBroken_GoesBackToTheFirstAndShowsTheKeyNowhere()
    {
        await using var heroku = await LocalHerokuPlatform.StartAsync(new LocalHerokuOptions { App = "shop" });
        using var work = new Workspace();
        work.Variable("HEROKU_KEY", heroku.ApiKey)
            .File("Procfile", "web: exec perl server.pl\n")
            .File("server.pl", Server)
            .Config(Config(heroku));

        var good = await work.File("version.txt", "welcome one\n").DeployAsync("--report", work.Out("good"));
        var bad = await work.File("version.txt", "broken two\n").DeployAsync("--report", work.Out("bad"));

        Assert.That(good.ExitCode, Is.EqualTo(0), good.ToString());
        Assert.That(bad.ExitCode, Is.EqualTo(1), bad.ToString());
        Assert.That(bad.Output, Does.Contain("PostDeployTest").And.Contain("put back"));
        using var http = new HttpClient();
        Assert.That(await http.GetStringAsync(new UriBuilder(heroku.WebUrl) { Host = "127.0.0.1" }.Uri), Is.EqualTo("welcome one\n"));
        foreach (var file in Directory.EnumerateFiles(work.Base, "*", SearchOption.AllDirectories))
        {
            Assert.That(await File.ReadAllTextAsync(file), Does.Not.Contain(heroku.ApiKey), file);
        }

        Assert.That(good.Output + good.Error + bad.Output + bad.Error, Does.Not.Contain(heroku.ApiKey));
    }

    [Test]
    public async Task Plan_HerokuWithoutKey_ExitsTwoAndNamesIt()
    {
        using var work = new Workspace();
        work.Config("""{"targets": {"live": {"provider": "heroku", "app": "shop", "secrets": ["HEROKU_KEY"]}}}""");

        var result = await work.RunAsync("plan");

        Assert.That(result.ExitCode, Is.EqualTo(2), result.ToString());
        Assert.That(result.Error, Does.Contain("HEROKU_KEY"));
    }

    private static string Config(LocalHerokuPlatform heroku) => new JsonObject
    {
        ["pre-deploy"] = new JsonArray("echo before"),
        ["post-deploy"] = new JsonArray("test -f version.txt"),
        ["post-deploy test"] = new JsonArray("curl --silent --fail $URL | grep welcome"),
        ["targets"] = new JsonObject
        {
            ["live"] = new JsonObject
            {
                ["provider"] = "heroku",
                ["app"] = heroku.App,
                ["apiUrl"] = heroku.ApiUrl.ToString(),
                ["gitUrl"] = heroku.GitUrl.ToString(),
                ["caFile"] = heroku.CaFile,
                ["dynoSettleSeconds"] = 0.3,
                ["secrets"] = new JsonArray("HEROKU_KEY"),
                ["variables"] = new JsonObject { ["URL"] = new UriBuilder(heroku.WebUrl) { Host = "127.0.0.1" }.Uri.ToString() },
            },
        },
    }.ToJsonString();
}
