using System.Security.Authentication;
using Docker.DotNet;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Docker.Containers;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Docker.Images;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Sandboxes.Sources;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Docker;

/// <summary>Sandboxes that are containers of a Docker engine, one for each deployment. No <c>docker</c> program is needed.</summary>
/// <remarks>
/// The engine is found as the docker program finds it (DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, the current context, the local socket), unless
/// <see cref="Host"/> says where it is. The first sandbox of a provider also removes what processes of this machine left behind that were killed.
/// </remarks>
public sealed class DockerSandboxProvider : ISandboxProvider, IDisposable
{
    private const string Fallback = "buildpack-deps:stable";
    private readonly Lazy<DockerClient> _client;
    private readonly Lazy<Task> _reaping;

    /// <summary>Makes the provider; nothing is connected yet.</summary>
    public DockerSandboxProvider()
    {
        _client = new(() => EngineAddress.Find(Host, CertificateDirectory).Connect());
        _reaping = new(() => Leftovers.RemoveAsync(_client.Value, Owner.OfThisProcess(), Progress));
    }

    /// <inheritdoc />
    public string Name => "docker";

    /// <summary>The engine: unix:///var/run/docker.sock, tcp://host:2376; null to find it as the docker program does.</summary>
    public Uri? Host { get; init; }

    /// <summary>The directory with ca.pem, cert.pem and key.pem for an engine that wants TLS; null for DOCKER_CERT_PATH when DOCKER_TLS_VERIFY is set.</summary>
    public string? CertificateDirectory { get; init; }

    /// <summary>The image of a sandbox that names none, and whose language has none. Default: buildpack-deps:stable, which has bash, git and curl.</summary>
    public string DefaultImage { get; init; } = Fallback;

    /// <summary>The user for the registry of the images; null for what `docker login` has left in ~/.docker/config.json.</summary>
    public string? RegistryUser { get; init; }

    /// <summary>The password or token of <see cref="RegistryUser"/>.</summary>
    public Secret? RegistryPassword { get; init; }

    /// <summary>Is told, a line at a time, how an image is coming, and what was left behind by others and removed; null to tell nobody.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>The clock of the timeouts. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Makes a provider of the settings "docker" in a target's sandbox.</summary>
    /// <param name="settings">Their reader: host, certificates, registryUser, registryPassword (the name of a variable), image; null for the defaults.</param>
    /// <param name="progress">See <see cref="Progress"/>.</param>
    /// <returns>The provider.</returns>
    /// <exception cref="ConfigurationException">A setting is wrong; the message names its key path.</exception>
    public static DockerSandboxProvider Create(SettingsReader? settings, Action<string>? progress = null)
    {
        settings?.RefuseUnknown("host", "certificates", "image", "registryUser", "registryPassword");
        var host = settings?.GetText("host");
        return new DockerSandboxProvider
        {
            Host = host is null ? null : Uri.TryCreate(host, UriKind.Absolute, out var address) ? address : throw settings!.Fault("host", "must be an address: \"unix:///var/run/docker.sock\", \"tcp://host:2376\"."),
            CertificateDirectory = settings?.GetText("certificates"),
            DefaultImage = settings?.GetText("image") ?? Fallback,
            RegistryUser = settings?.GetText("registryUser"),
            RegistryPassword = settings?.GetSecret("registryPassword"),
            Progress = progress,
        };
    }

    /// <inheritdoc />
    public string? FindObstacle(SandboxSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows())
        {
            return "The Docker sandbox stages sources on Linux and macOS only.";
        }

        try
        {
            // The engine answers at once or not at all; nobody waits for it on a context of their own.
            return EngineAddress.Find(Host, CertificateDirectory).FindObstacleAsync(_client).WaitAsync(TimeSpan.FromSeconds(10)).GetAwaiter().GetResult()
                ?? spec.Source?.FindObstacle();
        }
        catch (TimeoutException)
        {
            return "The Docker engine does not answer within 10 seconds; look at its log.";
        }
        catch (SandboxException e)
        {
            return e.Message;
        }
    }

    /// <inheritdoc />
    public async ValueTask<ISandbox> CreateAsync(SandboxSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (OperatingSystem.IsWindows())
        {
            throw new SandboxException(FindObstacle(spec)!);
        }

        var staged = spec.Source is null ? null : Directory.CreateTempSubdirectory("wercker-");
        try
        {
            await _reaping.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (staged is not null)
            {
                await spec.Source!.StageAsync(staged.FullName, cancellationToken).ConfigureAwait(false);
                _ = spec.FindRoot(staged.FullName);
            }

            var choice = ImageChoice.Of(spec, DefaultImage);
            var plan = new ContainerPlan(spec, choice.Image, Owner.OfThisProcess());
            var images = new ImageStore(_client.Value, RegistryUser, RegistryPassword, Progress);
            return await DockerSandbox.MakeAsync(_client.Value, images, plan, new TarTree(staged?.FullName), choice.Notices, TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or AuthenticationException)
        {
            throw new SandboxException($"The sandbox for {spec.DeploymentId} could not be made: {EngineAddress.Explain(e)}", e);
        }
        finally
        {
            staged?.Delete(recursive: true);
        }
    }

    /// <summary>Ends the connections to the engine; sandboxes that still live cannot be reached any more.</summary>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }
}
