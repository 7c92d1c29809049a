using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Docker.Services;
using Wercker.Pipeline.Docker.Services.Compose;
using Wercker.Pipeline.Logs;

namespace Wercker.Pipeline.Docker;

/// <summary>The log of a service on a Docker engine: what the tasks of a Swarm service, or the containers of a Compose service, write to their standard streams.</summary>
/// <remarks>
/// The engine keeps the time of each line. A query is a regular expression over the text of a line. A log driver that the engine cannot read from, and a service
/// that is not there, throw: what was not seen is not taken for silence. Lines of containers that are removed are gone with them.
/// </remarks>
public sealed class DockerServiceLogSource : ILogSource, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Lazy<DockerClient> _client;
    private readonly DockerServiceOptions _options;

    /// <summary>Makes the source; contacts nobody.</summary>
    /// <param name="service">The service, as in <see cref="DockerServiceOptions.Service"/>.</param>
    /// <param name="project">The Compose project; null for a service of a Swarm.</param>
    /// <param name="name">Names the source in reports.</param>
    public DockerServiceLogSource(string service, string? project = null, string name = "docker")
    {
        _options = new DockerServiceOptions { Service = service, Project = project, Image = string.Empty };
        _client = new(() => EngineAddress.Find(Host, CertificateDirectory).Connect());
        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>The engine; null to find it as the docker program does.</summary>
    public Uri? Host { get; init; }

    /// <summary>The directory with ca.pem, cert.pem and key.pem for an engine that wants TLS; null for DOCKER_CERT_PATH when DOCKER_TLS_VERIFY is set.</summary>
    public string? CertificateDirectory { get; init; }

    /// <inheritdoc />
    public async IAsyncEnumerable<LogEntry> ReadAsync(SourceQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var pattern = query.Text.Length == 0 ? null : new Regex(query.Text, RegexOptions.CultureInvariant, Patience);
        var lines = new LogLines(query, pattern);
        try
        {
            await (_options.Project is null ? ReadServiceAsync(lines, query, cancellationToken) : ReadContainersAsync(lines, query, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or AuthenticationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DockerServiceException($"The log of {_options.Words} cannot be read: {EngineAddress.Explain(e)}", e);
        }

        foreach (var entry in lines.Found)
        {
            yield return entry;
        }
    }

    /// <summary>Ends the connections to the engine.</summary>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private async Task ReadServiceAsync(LogLines lines, SourceQuery query, CancellationToken cancellationToken)
    {
        // A service whose name is a part of another's is that service for a filter, and not for this question.
        var service = await _client.Value.Swarm.InspectServiceAsync(_options.Service, cancellationToken).ConfigureAwait(false);
        using var stream = await _client.Value.Swarm.GetServiceLogsAsync(
            service.ID!,
            service.Spec?.TaskTemplate?.ContainerSpec?.TTY == true,
            new ServiceLogsParameters { ShowStdout = true, ShowStderr = true, Timestamps = true, Since = Seconds(query.From) },
            cancellationToken).ConfigureAwait(false);
        await lines.ReadAsync(stream, _options.Service, cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadContainersAsync(LogLines lines, SourceQuery query, CancellationToken cancellationToken)
    {
        var replicas = await new ComposeEngine(_client.Value, _options).ReplicasAsync(cancellationToken).ConfigureAwait(false);
        if (replicas.Count == 0)
        {
            throw new DockerServiceException($"The log of {_options.Words} cannot be read: it has no container.");
        }

        foreach (var container in replicas.SelectMany(replica => new[] { replica.Before, replica.Live, replica.Next }).OfType<ContainerListResponse>())
        {
            using var stream = await _client.Value.Containers.GetContainerLogsAsync(
                container.ID,
                new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Timestamps = true, Since = Seconds(query.From), Until = Seconds(query.Until) },
                cancellationToken).ConfigureAwait(false);
            await lines.ReadAsync(stream, container.Names[0].TrimStart('/'), cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Seconds(DateTimeOffset time) => string.Create(CultureInfo.InvariantCulture, $"{time.ToUnixTimeSeconds()}.{time.UtcTicks % TimeSpan.TicksPerSecond * 100:000000000}");
}
