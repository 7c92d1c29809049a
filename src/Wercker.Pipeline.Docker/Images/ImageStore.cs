using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Sandboxes;
using Secret = Wercker.Pipeline.Secrets.Secret;

namespace Wercker.Pipeline.Docker.Images;

/// <summary>Gets images for the engine.</summary>
internal sealed class ImageStore(DockerClient client, string? user, Secret? password, Action<string>? progress)
{
    /// <summary>Pulls an image.</summary>
    /// <exception cref="SandboxException">The registry does not have it, or does not give it.</exception>
    public async Task PullAsync(string image, CancellationToken cancellationToken)
    {
        var (name, tag) = Split(image);
        var credentials = user is null
            ? RegistryLogins.Find(RegistryOf(name))
            : new AuthConfig { Username = user, Password = password?.Reveal(), ServerAddress = RegistryOf(name) };
        var listener = new PullProgress(image, progress);
        listener.Say("is pulled");
        try
        {
            await client.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = name, Tag = tag }, credentials, listener, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException)
        {
            throw Refused(image, EngineAddress.Explain(e), e);
        }

        if (listener.Error is { } error)
        {
            throw Refused(image, error, null);
        }

        listener.Say("is here");
    }

    /// <summary>Cuts a name into what the engine wants apart. A digest counts as a tag, a port does not.</summary>
    internal static (string Name, string Tag) Split(string image)
    {
        if (image.IndexOf('@', StringComparison.Ordinal) is var digest and >= 0)
        {
            return (image[..digest], image[(digest + 1)..]);
        }

        var colon = image.LastIndexOf(':');
        return colon > image.LastIndexOf('/') ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
    }

    /// <summary>The registry that a name means: its first part when that looks like a host.</summary>
    internal static string RegistryOf(string name)
    {
        var first = name.Split('/')[0];
        return name.Contains('/', StringComparison.Ordinal) && (first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost")
            ? first
            : "docker.io";
    }

    private static SandboxException Refused(string image, string words, Exception? cause) => new(
        $"The image {image} is not here and could not be pulled: {words.TrimEnd('.')}. Correct its name, log in to its registry (docker login, or registryUser and registryPassword), or load it into the engine.", cause);

    /// <summary>Tells one line for each layer that has come, and keeps the error.</summary>
    private sealed class PullProgress(string image, Action<string>? progress) : IProgress<JSONMessage>
    {
        private readonly Lock _lock = new();
        private int _layers;

        public string? Error { get; private set; }

        public void Say(string what) => progress?.Invoke($"image {image} {what}");

        public void Report(JSONMessage value)
        {
            lock (_lock)
            {
                Error ??= value.Error?.Message;
                if (value.Status is "Pull complete" or "Already exists")
                {
                    _layers++;
                    Say($"layer {_layers} {(value.Status == "Pull complete" ? "has come" : "was here already")}");
                }
            }
        }
    }
}
