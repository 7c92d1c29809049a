using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Cli;

/// <summary>The real Heroku CLI against the local platform. It is slow to start, so tests say several things each.</summary>
internal sealed class HerokuCliTests : PlatformTest
{
    private const string Missing =
        "The Heroku CLI is not installed. Run eng/heroku-cli.sh, which puts it into artifacts/tools/heroku, "
        + "or name it by WERCKER_TEST_HEROKU_CLI, or put heroku on the PATH.";

    private static readonly string? Program = Find();

    private string Home => Path.Combine(Scratch, "home");

    private Dictionary<string, string> Settings => new()
    {
        ["HEROKU_HOST"] = Heroku.ApiUrl.ToString().TrimEnd('/'),
        ["HEROKU_PARTICLEBOARD_URL"] = Heroku.ApiUrl.ToString().TrimEnd('/'),
        ["HEROKU_API_KEY"] = Heroku.ApiKey,
        ["HEROKU_GIT_HOST"] = Heroku.ApiUrl.Authority,
        ["NODE_EXTRA_CA_CERTS"] = Heroku.CaFile,
        ["GIT_SSL_CAINFO"] = Heroku.CaFile,
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["DISABLE_TELEMETRY"] = "true",
        ["HEROKU_SKIP_NEW_VERSION_CHECK"] = "true",
        ["HEROKU_DISABLE_AUTOUPDATE"] = "1",
        ["HOME"] = Home,
        ["PATH"] = Path.GetDirectoryName(Program) + ":" + Environment.GetEnvironmentVariable("PATH"),
    };

    [Test]
    public async Task AccountAndApp_Shown_AreThoseOfThePlatform()
    {
        Result whoami = await CliAsync("auth:whoami");
        Result info = await CliAsync("apps:info", "-a", "shop");
        Result missing = await CliAsync("apps:info", "-a", "missing");

        Assert.That(whoami.Output.Trim(), Is.EqualTo(Options.Email));
        Assert.That(info.Status, Is.Zero, info.Errors);
        Assert.That(info.Output, Does.Contain("=== shop").And.Contain(Heroku.WebUrl.ToString()));
        Assert.That(missing.Status, Is.EqualTo(2));
        Assert.That(missing.Errors, Does.Contain("Couldn't find that app.").And.Contain("not_found"));
    }

    [Test]
    public async Task Key_ThatIsWrong_IsRefused()
    {
        Dictionary<string, string> settings = Settings;
        settings["HEROKU_API_KEY"] = "wrong";

        Assert.That((await CliAsync(settings, "", "auth:whoami")).Status, Is.EqualTo(2));
    }

    [Test]
    public async Task Maintenance_Switched_IsOnAndOff()
    {
        Assert.That((await CliAsync("maintenance:on", "-a", "shop")).Status, Is.Zero);
        Assert.That((await CliAsync("maintenance", "-a", "shop")).Output.Trim(), Is.EqualTo("on"));
        Assert.That((await CliAsync("maintenance:off", "-a", "shop")).Status, Is.Zero);
        Assert.That((await GetAsync("/apps/shop"))["maintenance"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task Dynos_ListedRestartedAndScaled_AreThoseThatRun()
    {
        await DeployAsync();
        JsonNode before = await WaitForStateAsync("web.1", "up");

        Result list = await CliAsync("ps", "-a", "shop");
        Result restart = await CliAsync("ps:restart", "-a", "shop");
        JsonNode after = await WaitForStateAsync("web.1", "up");
        Result scale = await CliAsync("ps:scale", "web+1", "-a", "shop");

        Assert.That(list.Output, Does.Contain("=== web (Basic): exec perl server.pl (1)").And.Contain("web.1: up "));
        Assert.That(restart.Status, Is.Zero, restart.Errors);
        Assert.That(after[0]!["id"]!.ToString(), Is.Not.EqualTo(before[0]!["id"]!.ToString()));
        Assert.That(scale.Errors, Does.Contain("now running web at 2:Basic"));
    }

    [Test]
    public async Task Run_Attached_GivesOutputInputEnvironmentAndExitCode()
    {
        Result code = await CliAsync("run", "--exit-code", "-a", "shop", "--", "echo hi; (exit 3)");
        Result input = await CliAsync(Settings, "one\ntwo\n", "run", "--exit-code", "-a", "shop", "--", "cat");
        Result bulk = await CliAsync("run", "--exit-code", "-a", "shop", "--", "seq 1 20000");
        Result environment = await CliAsync("run", "--exit-code", "-a", "shop", "-e", "A=5;B=six", "--", "echo $A $B");

        Assert.That((code.Status, code.Output), Is.EqualTo((3, "hi\n")), code.Errors);
        Assert.That((input.Status, input.Output), Is.EqualTo((0, "one\ntwo\n")), input.Errors);
        Assert.That(Hash(bulk.Output), Is.EqualTo(Hash(string.Concat(Enumerable.Range(1, 20_000).Select(i => $"{i}\n")))), "every byte arrives");
        Assert.That(environment.Output, Is.EqualTo("5 six\n"));
    }

    [Test]
    public async Task Run_Detached_IsFoundInTheLog()
    {
        Result run = await CliAsync("run:detached", "-a", "shop", "--", "echo from far away");
        await WaitForLogAsync("Process exited with status 0");
        Result logs = await CliAsync("logs", "-a", "shop", "-s", "app", "-d", "run");

        Assert.That(run.Status, Is.Zero, run.Errors);
        Assert.That(logs.Output, Does.Match(@"app\[run\.\d+\]: from far away"));
    }

    [Test]
    public async Task Logs_TailedWhileTheAppRuns_ShowLinesAsTheyCome()
    {
        using Process tail = Start(Settings, ["logs", "--tail", "-n", "1", "-a", "shop"]);
        try
        {
            Assert.That(await tail.StandardOutput.ReadLineAsync().WaitAsync(Patience), Does.Contain("app[api]"), "the backlog");
            await SendAsync(HttpMethod.Patch, "/apps/shop", new() { ["maintenance"] = true });
            Assert.That(await tail.StandardOutput.ReadLineAsync().WaitAsync(Patience), Does.Contain("Enable maintenance mode"));
        }
        finally
        {
            tail.Kill(entireProcessTree: true);
        }
    }

    [Test]
    public async Task ConfigAndReleases_ChangedAndRolledBack_FollowEachOther()
    {
        await DeployAsync();
        Result set = await CliAsync("config:set", "GREETING=hello", "-a", "shop");
        Result get = await CliAsync("config:get", "GREETING", "-a", "shop");
        Result unset = await CliAsync("config:unset", "GREETING", "-a", "shop");
        Result list = await CliAsync("releases", "-a", "shop");
        Result info = await CliAsync("releases:info", "v4", "-a", "shop");
        Result back = await CliAsync("rollback", "-a", "shop");
        Result all = await CliAsync("config", "-a", "shop");

        Assert.That(set.Errors + set.Output, Does.Contain("v4"));
        Assert.That(get.Output.Trim(), Is.EqualTo("hello"));
        Assert.That(unset.Status, Is.Zero, unset.Errors);
        Assert.That(list.Output, Does.Contain("Current: v5").And.Contain("Deploy abc12345").And.Contain("Set GREETING config vars"));
        Assert.That(info.Output, Does.Contain("=== Release v4").And.Contain("hello"));
        Assert.That(back.Errors, Does.Contain("to v4... done, v6"));
        Assert.That(all.Output, Does.Contain("GREETING: hello"), "a roll back brings back config vars");
    }

    [Test]
    public async Task Lists_AskedForAsJson_AreThoseOfThePlatform()
    {
        await DeployAsync(AppFiles("1", "release: echo migrated\n"));
        await WaitForStateAsync("web.1", "up");

        Assert.That((await CliAsync("apps")).Output, Does.Contain("shop"));
        Assert.That((await JsonAsync("apps:info", "-a", "shop", "--json"))["app"]!["name"]!.ToString(), Is.EqualTo("shop"));
        Assert.That((await JsonAsync("ps", "-a", "shop", "--json"))[0]!["state"]!.ToString(), Is.EqualTo("up"));
        Assert.That((await JsonAsync("releases", "-a", "shop", "--json"))[0]!["version"]!.GetValue<int>(), Is.EqualTo(3));
        Assert.That((await JsonAsync("releases:info", "v3", "-a", "shop", "--json"))["status"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await CliAsync("releases:output", "-a", "shop")).Output.Trim(), Is.EqualTo("migrated"));
        Assert.That((await JsonAsync("domains", "-a", "shop", "--json"))[0]!["hostname"]!.ToString(), Is.EqualTo("shop.localhost"));
        Assert.That((await CliAsync("pipelines")).Status, Is.Zero);
    }

    [Test]
    public async Task Config_Edited_IsWhatTheEditorLeft()
    {
        await SendAsync(HttpMethod.Patch, "/apps/shop/config-vars", new() { ["GREETING"] = "hello" });
        string editor = Path.Combine(Scratch, "editor.sh");
        await File.WriteAllTextAsync(editor, "#!/bin/sh\nsed -i s/hello/welcome/ \"$1\"\n");
        await RunAsync(Scratch, "chmod", "+x", editor);
        Dictionary<string, string> settings = Settings;
        settings["EDITOR"] = editor;

        Result edit = await CliAsync(settings, "y\n", "config:edit", "-a", "shop");

        Assert.That((await GetAsync("/apps/shop/config-vars"))["GREETING"]!.ToString(), Is.EqualTo("welcome"), edit.Output + edit.Errors);
    }

    [Test]
    public async Task Keys_AddedListedAndRemoved_ComeAndGo()
    {
        Directory.CreateDirectory(Home);
        string key = Path.Combine(Home, "key");
        await RunAsync(Scratch, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@here", "-f", key);

        Result add = await CliAsync("keys:add", key + ".pub");
        Result list = await CliAsync("keys");
        Result remove = await CliAsync("keys:remove", "me@here");

        Assert.That(add.Status, Is.Zero, add.Errors);
        Assert.That(list.Output, Does.Contain("ssh-ed25519").And.Contain("me@here"));
        Assert.That(remove.Status, Is.Zero, remove.Errors);
        Assert.That((await GetAsync("/account/keys")).AsArray(), Is.Empty);
    }

    [Test]
    public async Task Push_WithTheClisCredentialHelper_Deploys()
    {
        string repository = Write(AppFiles("cli"));
        await Git.GitWorkTree.CommitAsync(repository);
        Directory.CreateDirectory(Home);
        using Process remote = Start(Settings, ["git:remote", "-a", "shop"], repository);
        await remote.WaitForExitAsync();

        (int status, string output) = await RunAsync(repository, Settings, "", "git", "push", "heroku", "main");
        await WaitForStateAsync("web.1", "up");

        Assert.That(status, Is.Zero, output);
        Assert.That(output, Does.Contain("Released v3"));
        Assert.That(await Web.GetStringAsync("/"), Is.EqualTo("GET / none cli\n"));
    }

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private Task<Result> CliAsync(params string[] arguments) => CliAsync(Settings, "", arguments);

    private async Task<JsonNode> JsonAsync(params string[] arguments)
    {
        Result result = await CliAsync(arguments);
        Assert.That(result.Status, Is.Zero, result.Errors);
        return JsonNode.Parse(result.Output)!;
    }

    private async Task<Result> CliAsync(Dictionary<string, string> settings, string input, params string[] arguments)
    {
        using Process process = Start(settings, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        return new Result(process.ExitCode, await output, await errors);
    }

    private Process Start(Dictionary<string, string> settings, string[] arguments, string? directory = null)
    {
        Assert.That(Program, Is.Not.Null, Missing);
        var start = new ProcessStartInfo(Program!, arguments)
        {
            WorkingDirectory = directory ?? Scratch,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string? Find()
    {
        var places = new List<string>();
        if (Environment.GetEnvironmentVariable("WERCKER_TEST_HEROKU_CLI") is { Length: > 0 } named)
        {
            places.Add(named);
        }

        places.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "heroku")));
        for (DirectoryInfo? up = new(TestContext.CurrentContext.TestDirectory); up is not null; up = up.Parent)
        {
            places.Add(Path.Combine(up.FullName, "artifacts", "tools", "heroku", "node_modules", ".bin", "heroku"));
        }

        return places.Find(File.Exists);
    }

    private sealed record Result(int Status, string Output, string Errors);
}
