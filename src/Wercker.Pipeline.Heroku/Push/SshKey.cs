using System.Net;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;

namespace Wercker.Pipeline.Heroku.Push;

/// <summary>The SSH key of one push: made, registered, and taken off the account again whatever happens.</summary>
internal sealed class SshKey : IAsyncDisposable
{
    private const string Comment = "wercker-pipeline";
    private static readonly TimeSpan CleanUpTimeout = TimeSpan.FromSeconds(60);
    private readonly HerokuApi _api;
    private readonly DeployContext _context;

    private SshKey(HerokuApi api, DeployContext context, string privateFile)
    {
        _api = api;
        _context = context;
        PrivateFile = privateFile;
    }

    /// <summary>The private key's file, which only this user can read.</summary>
    public string PrivateFile { get; }

    public static async Task<SshKey> RegisterAsync(HerokuApi api, HerokuOptions options, GitProcess tools, PushOrder order, CancellationToken cancellationToken)
    {
        await RemoveAllAsync(api, order.Context, cancellationToken).ConfigureAwait(false);
        var file = Path.Combine(order.Directory, "key");
        string[] type = options.SshKeyType == HerokuSshKeyType.Rsa ? ["-t", "rsa", "-b", "4096"] : ["-t", "ed25519"];
        var made = await tools.RunAsync(
            "ssh-keygen", ["-q", .. type, "-N", string.Empty, "-C", $"{Prefix(api.App)}{order.Context.DeploymentId}", "-f", file], null, cancellationToken).ConfigureAwait(false);
        if (made.ExitCode != 0)
        {
            throw new HerokuException($"ssh-keygen failed with exit code {made.ExitCode}: {made.Words}");
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var key = new SshKey(api, order.Context, file);
        try
        {
            var text = await File.ReadAllTextAsync(file + ".pub", cancellationToken).ConfigureAwait(false);
            await api.SendAsync(HttpMethod.Post, "/account/keys", new JsonObject { ["public_key"] = text }, false, cancellationToken).ConfigureAwait(false);
            return key;
        }
        catch
        {
            // It may be registered although nobody said so.
            await key.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes off the account what deployments of this app have registered: that of now, and those of runs that crashed.</summary>
    /// <returns>How many keys were removed.</returns>
    /// <exception cref="HerokuException">A key could not be removed.</exception>
    public static async Task<int> RemoveAllAsync(HerokuApi api, DeployContext context, CancellationToken cancellationToken)
    {
        var keys = await api.GetAsync("/account/keys", AnswerJson.Default.KeyInfoArray, cancellationToken, "id ..; max=1000").ConfigureAwait(false);
        var count = 0;
        foreach (var key in keys.Where(key => key.Id is not null && IsOf(key, api.App)))
        {
            try
            {
                await api.SendAsync(HttpMethod.Delete, $"/account/keys/{key.Id}", null, true, cancellationToken).ConfigureAwait(false);
                count++;
                context.Logger.KeyRemoved(key.Id!);
            }
            catch (HerokuException e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            {
                // Somebody was faster.
            }
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(CleanUpTimeout, _api.Clock);
        try
        {
            await RemoveAllAsync(_api, _context, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HerokuException or OperationCanceledException)
        {
            await _context.WarnAsync(
                $"The SSH key of this deployment is still on the Heroku account ({e.Message}). The next deployment of {_api.App} removes it; or run heroku keys:remove {Prefix(_api.App)}{_context.DeploymentId}.",
                CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The app is in the comment, so that deployments of other apps of the account keep theirs.
    private static string Prefix(string app) => $"{Comment}/{app}/";

    private static bool IsOf(KeyInfo key, string app) =>
        (key.Comment ?? key.PublicKey?.Trim().Split(' ', 3).ElementAtOrDefault(2))?.StartsWith(Prefix(app), StringComparison.Ordinal) == true;
}
