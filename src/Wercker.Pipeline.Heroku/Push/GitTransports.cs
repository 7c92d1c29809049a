using System.Text;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>git over HTTPS. The key goes in a header that git is told of in its environment: not in its arguments, the URL or a file.</summary>
internal sealed class HttpsTransport(HerokuApi api, HerokuOptions options, Secret key) : IPushTransport
{
    public string Name => "git over HTTPS";

    public async Task<PushOutcome> SendAsync(PushOrder order, CancellationToken cancellationToken)
    {
        var url = GitAddress.Of(options, "https://git.heroku.com/{app}.git", api.App);
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(":" + key.Reveal()));
        order.Context.Secrets.Add("HEROKU_KEY", new Secret(basic));
        var git = new GitProcess(order.Directory, key.Reveal()).WithSettings(
            ($"http.{url}.extraHeader", $"Authorization: Basic {basic}"),
            ("http.followRedirects", "false"),
            ("credential.helper", string.Empty),
            ("core.hooksPath", "/dev/null"));
        if (options.CaFile is { } authorities)
        {
            git.With("GIT_SSL_CAINFO", authorities);
        }

        return await new GitPush(api, options, git, url).RunAsync(order, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>git over SSH, with a key that exists for this push only.</summary>
internal sealed class SshTransport(HerokuApi api, HerokuOptions options, Secret key) : IPushTransport
{
    public string Name => "git over SSH";

    public async Task<PushOutcome> SendAsync(PushOrder order, CancellationToken cancellationToken)
    {
        var url = GitAddress.Of(options, "git@heroku.com:{app}.git", api.App);
        var git = new GitProcess(order.Directory, key.Reveal());
        var registration = await SshKey.RegisterAsync(api, options, git, order, cancellationToken).ConfigureAwait(false);
        await using (registration.ConfigureAwait(false))
        {
            // Quoted for the shell that git starts ssh with.
            var command = string.Join(' ', new[]
            {
                "ssh", "-F", "/dev/null", "-i", registration.PrivateFile, "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes",
                "-o", $"UserKnownHostsFile={KnownHosts()}", "-o", "ConnectTimeout=30",
            }.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
            git.With("GIT_SSH_COMMAND", command).With("GIT_SSH_VARIANT", "ssh").WithSettings(("core.hooksPath", "/dev/null"));
            return await new GitPush(api, options, git, url).RunAsync(order, cancellationToken).ConfigureAwait(false);
        }
    }

    private string KnownHosts() => options.KnownHostsFile is { } file
        ? Path.GetFullPath(file)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".ssh", "known_hosts");
}

/// <summary>The repository's address.</summary>
internal static class GitAddress
{
    public static string Of(HerokuOptions options, string platform, string app) => (options.GitUrl ?? platform).Replace("{app}", app, StringComparison.Ordinal);
}
