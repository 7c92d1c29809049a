using System.Threading.Channels;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Images;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Services;

/// <summary>Finds out which image the name of a deployment means, and gets it to the engine.</summary>
internal sealed class ServiceImages(DockerClient client, DockerServiceOptions options)
{
    /// <summary>Who asks the registry; null for anybody.</summary>
    public AuthConfig? Login
    {
        get
        {
            var registry = ImageStore.RegistryOf(ImageStore.Split(options.Image).Name);
            var login = options.RegistryUser is { } user ? new AuthConfig { Username = user, Password = options.RegistryPassword?.Reveal(), ServerAddress = registry } : RegistryLogins.Find(registry);
            return string.IsNullOrEmpty(login.Username) && string.IsNullOrEmpty(login.IdentityToken) ? null : login;
        }
    }

    /// <summary>The image of the deployment, pulled when it must be. The first answer counts for the whole deployment.</summary>
    /// <exception cref="SandboxException">The registry does not have it, or does not give it.</exception>
    /// <exception cref="DockerServiceException">It is not there and may not be pulled.</exception>
    public async ValueTask<ServiceImage> GetAsync(DeployContext context, CancellationToken cancellationToken)
    {
        if (context.TryGet(ServiceImage.Key, out var known))
        {
            return known;
        }

        var name = options.ImageOf(context.Request);
        var found = options.Pull == DockerPull.Always ? null : await FindAsync(name, cancellationToken).ConfigureAwait(false);
        if (found is null && options.Pull != DockerPull.Never)
        {
            await PullAsync(context, name, cancellationToken).ConfigureAwait(false);
            found = await FindAsync(name, cancellationToken).ConfigureAwait(false);
        }

        var image = found ?? throw new DockerServiceException($"The image {name} is not on the engine. Build it there or load it into it, or let it be pulled (\"pull\": \"missing\").");
        await context.SetAsync(ServiceImage.Key, image, cancellationToken).ConfigureAwait(false);
        return image;
    }

    /// <summary>An image that the engine has; null when it does not.</summary>
    public async ValueTask<ServiceImage?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            var image = await client.Images.InspectImageAsync(name, cancellationToken).ConfigureAwait(false);
            var repository = ImageStore.Split(name).Name;
            var digest = image.RepoDigests?.Select(ImageStore.Split).FirstOrDefault(one => one.Name == repository).Tag;
            return new ServiceImage(name, image.ID, digest);
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private async ValueTask PullAsync(DeployContext context, string name, CancellationToken cancellationToken)
    {
        // The engine's words come from a thread of its own; the output takes one line after the other.
        var lines = Channel.CreateUnbounded<string>();
        var shown = ShowAsync(context, lines.Reader);
        try
        {
            await new ImageStore(client, options.RegistryUser, options.RegistryPassword, line => lines.Writer.TryWrite(line)).PullAsync(name, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lines.Writer.Complete();
            await shown.ConfigureAwait(false);
        }
    }

    private static async Task ShowAsync(DeployContext context, ChannelReader<string> lines)
    {
        await foreach (var line in lines.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            await context.Output.NoteAsync(line, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
