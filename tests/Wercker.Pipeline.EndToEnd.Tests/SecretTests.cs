using System.Text;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>A secret that scripts print, encode and pass around is in no byte that the tool writes and in no command line.</summary>
public sealed class SecretTests
{
    private const string Value = "s3cr3t-V4lu3/with+signs&more=0123456789";

    private const string Config = """
        {
          "deploy": [
            "test \"$API_KEY\" == \"$(cat $OUT/expected)\"",
            "echo the key is $API_KEY",
            "echo -n $API_KEY | base64 -w0; echo",
            "for i in 1 2; do echo \"$i $API_KEY\" >&2; done",
            "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' > $OUT/cmdlines",
            "printf '%s' \"$API_KEY\" | cut -c1-20 | tr -d '\\n'; sleep 0.1; printf '%s\\n' \"$API_KEY\" | cut -c21-",
            "exit 4 # $API_KEY"
          ],
          "post-deploy": [{"cmd": "echo again $API_KEY", "runAlways": true}],
          "targets": {"live": {"secrets": ["API_KEY"], "rollback": ["echo back with $API_KEY"]}}
        }
        """;

    [Test]
    public async Task Deploy_SecretOfTheCaller_IsInNoByteWrittenAndInNoCommandLine([Values] bool github)
    {
        using var work = new Workspace();
        work.Config(Config).Variable("API_KEY", Value).Variable("GITHUB_ACTIONS", github ? "true" : null);
        var expected = work.Out("expected");
        File.WriteAllText(expected, Value);

        var result = await work.RunAsync("deploy", "--env", $"OUT={work.Base}", "--report", work.Out("report"), "--env", "WERCKER_POSTDEPLOY_WARMUP_SECONDS=0");

        Assert.That(result.ExitCode, Is.EqualTo(1), result.ToString());
        Assert.That(result.Output, Does.Contain("exit code 4"), "the value reached the scripts");
        AssertClean(result, work, expected);
    }

    [Test]
    public async Task Deploy_SecretGivenWithEnv_IsHiddenLikeAnyOther()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo the key is $API_KEY", "test -n \"$API_KEY\""], "targets": {"live": {"secrets": ["API_KEY"]}}}""").Variable("GIVEN", Value);
        using var tool = work.Start("deploy", "--env", $"API_KEY={Value}", "--json");

        var result = await tool.WaitAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(Workspace.Json(result).GetProperty("environment").GetProperty("API_KEY").GetString(), Is.EqualTo("***"));
        Assert.That(result.Output + result.Error, Does.Not.Contain(Value).And.Contain("the key is ***"));
        Assert.That(work.FilesWith(Value), Is.Empty);
    }

    [Test]
    public async Task Deploy_KeyPair_ArrivesWithItsLineBreaksAsTwoCharacters()
    {
        using var work = new Workspace();
        work.Config("""{"deploy": ["echo -e \"$DEPLOY_PRIVATE\" > $OUT/key"], "targets": {"live": {"secrets": ["DEPLOY_PRIVATE"]}}}""")
            .Variable("DEPLOY_PRIVATE", "-----BEGIN KEY-----\nabcdefghijklmnopqrstuvwxyz\n-----END KEY-----");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.ToString());
        Assert.That(File.ReadAllText(work.Out("key")), Is.EqualTo("-----BEGIN KEY-----\nabcdefghijklmnopqrstuvwxyz\n-----END KEY-----\n"));
    }

    private static void AssertClean(ToolResult result, Workspace work, string expected)
    {
        foreach (var form in new[] { Value, Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)) })
        {
            Assert.That(result.Output, Does.Not.Contain(form));
            Assert.That(result.Error, Does.Not.Contain(form));
            Assert.That(work.FilesWith(form, expected), Is.Empty);
        }
    }
}
