using Docker.DotNet;
using Docker.DotNet.Models;

namespace Wercker.Pipeline.Docker.Containers;

/// <summary>Runs small programs of our own in a container, beside the session.</summary>
internal sealed class ContainerPrograms(DockerClient client, string container, string user)
{
    /// <summary>Runs one and waits for its end.</summary>
    /// <exception cref="DockerApiException">The container does not run, or the engine cannot start it.</exception>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var parameters = new ContainerExecCreateParameters { Cmd = [.. command], User = user, AttachStdout = true, AttachStderr = true, WorkingDir = "/" };
        var exec = await client.Exec.CreateContainerExecAsync(container, parameters, cancellationToken).ConfigureAwait(false);
        using var stream = await client.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), cancellationToken).ConfigureAwait(false);
        var (output, error) = await stream.ReadOutputToEndAsync(cancellationToken).ConfigureAwait(false);
        var end = await client.Exec.InspectContainerExecAsync(exec.ID, cancellationToken).ConfigureAwait(false);
        return ((int)end.ExitCode.GetValueOrDefault(), output, error);
    }

    /// <summary>How many processes and threads there are, as the engine counts them; 0 when it does not say.</summary>
    public async Task<long> CountProcessesAsync(CancellationToken cancellationToken)
    {
        var count = new Reading();
        try
        {
            await client.Containers.GetContainerStatsAsync(container, new ContainerStatsParameters { Stream = false, OneShot = true }, count, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException)
        {
            // There is no verdict then, and the exit code has to do.
        }

        return count.Processes;
    }

    private sealed class Reading : IProgress<ContainerStatsResponse>
    {
        public long Processes { get; private set; }

        public void Report(ContainerStatsResponse value) => Processes = (long)(value.PidsStats?.Current ?? 0);
    }
}
