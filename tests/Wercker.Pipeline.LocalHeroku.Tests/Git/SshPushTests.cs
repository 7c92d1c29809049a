using System.Text.Json.Nodes;

namespace Wercker.Pipeline.LocalHeroku.Tests.Git;

internal sealed class SshPushTests : PlatformTest
{
    protected override void Configure(LocalHerokuOptions options) => options.EnableSsh = true;

    [Test]
    public async Task Push_OverSsh_NeedsAKeyThatIsRegistered()
    {
        Assert.That(Heroku.SshGitUrl, Is.Not.Null, "OpenSSH's server is not installed: apt-get install openssh-server");
        string key = Path.Combine(Scratch, "key");
        await RunAsync(Scratch, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "me@here", "-f", key);
        string repository = Write(AppFiles("ssh"));
        await GitWorkTree.CommitAsync(repository);
        var environment = new Dictionary<string, string>
        {
            ["GIT_SSH_COMMAND"] = $"ssh -F /dev/null -i {key} -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o StrictHostKeyChecking=yes "
                + $"-o UserKnownHostsFile={Heroku.KnownHostsFile} -o GlobalKnownHostsFile=/dev/null",
        };
        string[] push = ["git", "push", Heroku.SshGitUrl!.ToString(), "main"];

        (int before, string refused) = await RunAsync(repository, environment, "", push);
        (_, JsonNode? added) = await SendAsync(HttpMethod.Post, "/account/keys", new() { ["public_key"] = await File.ReadAllTextAsync(key + ".pub") });
        (int with, string output) = await RunAsync(repository, environment, "", push);
        string[] shell = ["bash", "-c", $"{environment["GIT_SSH_COMMAND"]} -p {Heroku.SshGitUrl.Port} {Heroku.SshGitUrl.UserInfo}@127.0.0.1 'echo shell; id'"];
        (int other, string nothing) = await RunAsync(repository, shell);
        await SendAsync(HttpMethod.Delete, $"/account/keys/{added!["id"]}");
        (int after, _) = await RunAsync(repository, environment, "", push);

        Assert.That(before, Is.EqualTo(128));
        Assert.That(refused, Does.Contain("Permission denied"));
        Assert.That(with, Is.Zero, output);
        Assert.That(output, Does.Contain("remote: -----> Building on").And.Contain("Released v3"));
        Assert.That(other, Is.EqualTo(1), "a key is good for git and nothing else");
        Assert.That(nothing, Does.Not.Contain("uid="));
        Assert.That(after, Is.EqualTo(128));
    }
}
