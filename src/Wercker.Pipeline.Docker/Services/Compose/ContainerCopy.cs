using Docker.DotNet;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>
/// Makes a container as another one is, with another image. What the old image brought by itself (variables, command, labels) is left to the new one; what
/// was said of the container stays: variables, mounts, ports, networks, limits, restart policy. Volumes without a name go over to the new one.
/// </summary>
internal sealed class ContainerCopy(DockerClient client)
{
    /// <summary>The settings of the copy.</summary>
    public async Task<CreateContainerParameters> MakeAsync(ContainerInspectResponse old, string image, string name, CancellationToken cancellationToken)
    {
        var config = old.Config!;
        var brought = await FindImageAsync(old.Image!, cancellationToken).ConfigureAwait(false);
        var sameEntrypoint = AreEqual(config.Entrypoint, brought?.Entrypoint);
        var host = old.HostConfig!;
        host.Binds = [.. host.Binds ?? [], .. Unnamed(old).Select(mount => $"{mount.Name}:{mount.Destination}")];
        return new CreateContainerParameters
        {
            Name = name,
            Image = image,
            Hostname = old.ID!.StartsWith(config.Hostname ?? string.Empty, StringComparison.Ordinal) ? string.Empty : config.Hostname!,
            Domainname = config.Domainname!,
            User = config.User == brought?.User ? string.Empty : config.User!,
            ExposedPorts = Without(config.ExposedPorts, brought?.ExposedPorts, (_, _) => true)!,
            Tty = config.Tty,
            OpenStdin = config.OpenStdin,
            StdinOnce = config.StdinOnce,
            Env = [.. (config.Env ?? []).Except(brought?.Env ?? [])],
            Entrypoint = sameEntrypoint ? null! : config.Entrypoint!,
            Cmd = sameEntrypoint && AreEqual(config.Cmd, brought?.Cmd) ? null! : config.Cmd!,
            Healthcheck = AreEqual(config.Healthcheck, brought?.Healthcheck) ? null! : config.Healthcheck!,
            Volumes = Without(config.Volumes, brought?.Volumes, (_, _) => true)!,
            WorkingDir = config.WorkingDir == brought?.WorkingDir ? string.Empty : config.WorkingDir!,
            Labels = Without(config.Labels, brought?.Labels, string.Equals) ?? new Dictionary<string, string>(),
            StopSignal = config.StopSignal == brought?.StopSignal ? string.Empty : config.StopSignal!,
            StopTimeout = config.StopTimeout,
            HostConfig = host,
        };
    }

    /// <summary>Makes the container and joins it to the networks of the old one. Old engines take one network at the making and the others afterwards.</summary>
    /// <param name="parameters">Its settings.</param>
    /// <param name="old">Whose networks it joins.</param>
    /// <param name="isInPlaceOf">True to be found under the names and addresses of the old one.</param>
    /// <param name="cancellationToken">Cancels the making.</param>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(CreateContainerParameters parameters, ContainerInspectResponse old, bool isInPlaceOf, CancellationToken cancellationToken)
    {
        var networks = (old.NetworkSettings?.Networks ?? new Dictionary<string, EndpointSettings>()).Where(_ => HasOwnNetworks(old))
            .Select(pair => (Name: pair.Key, Settings: Endpoint(pair.Value, old, isInPlaceOf)))
            .OrderByDescending(network => network.Name == old.HostConfig!.NetworkMode).ToList();
        if (networks is [var first, ..])
        {
            parameters.NetworkingConfig = new NetworkingConfig { EndpointsConfig = new Dictionary<string, EndpointSettings> { [first.Name] = first.Settings } };
        }

        var id = (await client.Containers.CreateContainerAsync(parameters, cancellationToken).ConfigureAwait(false)).ID;
        foreach (var (name, settings) in networks.Skip(1))
        {
            await client.Networks.ConnectNetworkAsync(name, new NetworkConnectParameters { Container = id, EndpointConfig = settings }, cancellationToken).ConfigureAwait(false);
        }

        return id;
    }

    private static bool HasOwnNetworks(ContainerInspectResponse container) => container.HostConfig!.NetworkMode is { } mode
        && mode is not ("default" or "bridge" or "host" or "none") && !mode.StartsWith("container:", StringComparison.Ordinal);

    private static EndpointSettings Endpoint(EndpointSettings found, ContainerInspectResponse old, bool isInPlaceOf) => isInPlaceOf
        ? new EndpointSettings
        {
            // The engine adds the container's own short id.
            Aliases = [.. (found.Aliases ?? []).Where(alias => !old.ID!.StartsWith(alias, StringComparison.Ordinal))],
            IPAMConfig = found.IPAMConfig,
            Links = found.Links,
            DriverOpts = found.DriverOpts,
        }
        : new EndpointSettings { Links = found.Links, DriverOpts = found.DriverOpts };

    private async Task<DockerOCIImageConfig?> FindImageAsync(string image, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.Images.InspectImageAsync(image, cancellationToken).ConfigureAwait(false)).Config;
        }
        catch (DockerImageNotFoundException)
        {
            return null;
        }
    }

    private static IEnumerable<MountPoint> Unnamed(ContainerInspectResponse container)
    {
        var said = (container.HostConfig!.Binds ?? []).Select(bind => bind.Split(':')).Where(words => words.Length > 1).Select(words => words[1])
            .Concat((container.HostConfig.Mounts ?? []).Select(mount => mount.Target)).ToHashSet(StringComparer.Ordinal);
        return (container.Mounts ?? []).Where(mount => mount.Type == "volume" && !said.Contains(mount.Destination));
    }

    private static Dictionary<string, T>? Without<T>(IDictionary<string, T>? all, IDictionary<string, T>? brought, Func<T, T, bool> isSame) =>
        all?.Where(pair => brought is null || !brought.TryGetValue(pair.Key, out var value) || !isSame(pair.Value, value)).ToDictionary(pair => pair.Key, pair => pair.Value);

    private static bool AreEqual(IList<string>? one, IList<string>? other) => (one ?? []).SequenceEqual(other ?? []);

    private static bool AreEqual(HealthcheckConfig? one, HealthcheckConfig? other) =>
        AreEqual(one?.Test, other?.Test) && one?.Interval == other?.Interval && one?.Timeout == other?.Timeout && one?.StartPeriod == other?.StartPeriod && one?.Retries == other?.Retries;
}
