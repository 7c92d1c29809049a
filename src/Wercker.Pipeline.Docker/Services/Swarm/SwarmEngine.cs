using Docker.DotNet;
using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Engines;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>Asks a manager about one service.</summary>
internal sealed class SwarmEngine(DockerClient client, DockerServiceOptions options, AuthConfig? login)
{
    private const int Tries = 5;

    public DockerClient Client => client;

    public DockerServiceOptions Options => options;

    public AuthConfig? Login => login;

    /// <summary>The service as it is.</summary>
    /// <exception cref="DockerServiceException">There is none of this name.</exception>
    public async Task<SwarmState> GetAsync(CancellationToken cancellationToken) =>
        await FindAsync(cancellationToken).ConfigureAwait(false) ?? throw new DockerServiceException($"There is no service {options.Service} in the Swarm.");

    public async Task<SwarmState?> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return SwarmState.Of(await client.Swarm.InspectServiceAsync(options.Service, cancellationToken).ConfigureAwait(false));
        }
        catch (DockerApiException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<SwarmTasks> TasksOfAsync(SwarmState service, CancellationToken cancellationToken) => new(service, await TasksOfAsync(service.Id, cancellationToken).ConfigureAwait(false));

    public Task<IList<TaskResponse>> TasksOfAsync(string service, CancellationToken cancellationToken) => client.Tasks.ListAsync(
        new TasksListParameters { Filters = new Dictionary<string, IDictionary<string, bool>> { ["service"] = new Dictionary<string, bool> { [service] = true } } }, cancellationToken);

    /// <summary>Changes the specification. What somebody else changes at the same moment stays: the change is made again on top of it.</summary>
    public async Task UpdateAsync(Action<SwarmState> change, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var service = await GetAsync(cancellationToken).ConfigureAwait(false);
            change(service);
            try
            {
                await client.Swarm.UpdateServiceAsync(
                    service.Id,
                    new ServiceUpdateParameters { Service = service.Spec, Version = (long)service.Version, RegistryAuth = login!, RegistryAuthFrom = login is null ? "spec" : string.Empty },
                    cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (DockerApiException e) when (tries < Tries && EngineAddress.Explain(e).Contains("out of sequence", StringComparison.Ordinal))
            {
                // Swarm itself writes into the service while it updates it.
            }
        }
    }
}
