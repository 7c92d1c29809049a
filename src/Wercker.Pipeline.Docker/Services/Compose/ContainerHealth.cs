using Docker.DotNet;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Services.Compose;

/// <summary>Waits until a container is healthy; one without a healthcheck must run on for a while.</summary>
internal sealed class ContainerHealth(DockerClient client, DockerServiceOptions options, TimeProvider clock)
{
    private const string EvidenceLines = "30";
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    /// <returns>Why it is not healthy; null when it is.</returns>
    public async Task<string?> AwaitAsync(string container, CancellationToken cancellationToken)
    {
        var patience = new Patience(clock, options.HealthTimeout) { Longest = Patience.Near };
        var startedAt = clock.GetTimestamp();
        State state;
        do
        {
            var found = await client.Containers.InspectContainerAsync(container, cancellationToken).ConfigureAwait(false);
            state = found.State!;
            if (found.RestartCount > 0 || state is { Running: false } or { Restarting: true })
            {
                return $"it ended with exit code {state.ExitCode}{(state.Error is { Length: > 0 } error ? $": {error}" : string.Empty)}";
            }

            switch (state.Health?.Status)
            {
                case "healthy":
                    return null;
                case "unhealthy":
                    return $"its healthcheck fails: {LastCheck(state)}";
                case null or "none" or "" when clock.GetElapsedTime(startedAt) >= (options.Monitor ?? Settle):
                    return null;
            }
        }
        while (await patience.WaitAsync(cancellationToken).ConfigureAwait(false));

        return $"it is not healthy within {Patience.Words(options.HealthTimeout)}: {LastCheck(state)}";
    }

    /// <summary>The last lines of a container's log; none when its log cannot be read.</summary>
    public async Task<Evidence> LogOfAsync(string container, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = await client.Containers.GetContainerLogsAsync(
                container, new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = EvidenceLines }, cancellationToken).ConfigureAwait(false);
            var (output, error) = await stream.ReadOutputToEndAsync(cancellationToken).ConfigureAwait(false);
            return new Evidence("text", $"the last lines of {name}") { Text = output + error };
        }
        catch (Exception e) when (e is DockerApiException or IOException)
        {
            return new Evidence("text", $"the log of {name} cannot be read") { Text = e.Message };
        }
    }

    /// <summary>What the healthcheck said last.</summary>
    public static string LastCheck(State state) => state.Health?.Log is [.., var last] ? $"exit code {last.ExitCode}, {last.Output?.Trim()}" : "it has not been checked yet";
}
