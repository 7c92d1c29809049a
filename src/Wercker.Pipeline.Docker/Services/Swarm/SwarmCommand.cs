using Docker.DotNet.Models;
using Wercker.Pipeline.Docker.Containers;

namespace Wercker.Pipeline.Docker.Services.Swarm;

/// <summary>
/// A one-off command as a service of one task that is not started again. So it has the secrets, configurations and networks of the service, those
/// included that a plain container may not join, and runs on whatever node has room.
/// </summary>
internal sealed class SwarmCommand(SwarmEngine engine, TimeProvider clock)
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(ServiceCommand command, CancellationToken cancellationToken)
    {
        await RemoveLeftAsync(cancellationToken).ConfigureAwait(false);
        var service = await engine.GetAsync(cancellationToken).ConfigureAwait(false);
        var created = await engine.Client.Swarm.CreateServiceAsync(new ServiceCreateParameters { Service = SpecOf(service, command), RegistryAuth = engine.Login! }, cancellationToken).ConfigureAwait(false);
        try
        {
            return await FollowAsync(created.ID!, command, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Also after a cancel: what is removed is ended.
            await engine.Client.Swarm.RemoveServiceAsync(created.ID!, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<int> FollowAsync(string id, ServiceCommand command, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<OutputStream, long>();
        using var following = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = ReadAsync(id, command, seen, follow: true, following.Token);
        TaskResponse? task;
        do
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), clock, cancellationToken).ConfigureAwait(false);
            task = (await engine.TasksOfAsync(id, cancellationToken).ConfigureAwait(false)).MaxBy(one => one.CreatedAt);
        }
        while (task?.Status?.State is not (TaskState.Complete or TaskState.Failed or TaskState.Rejected or TaskState.Shutdown or TaskState.Orphaned or TaskState.Remove));

        // A log that is followed does not end with its task. What it had not shown yet is read once more from the beginning.
        await Task.WhenAny(output, Task.Delay(Settle, clock, cancellationToken)).ConfigureAwait(false);
        await following.CancelAsync().ConfigureAwait(false);
        await output.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReadAsync(id, command, seen, follow: false, cancellationToken).ConfigureAwait(false);
        return task.Status switch
        {
            { State: TaskState.Complete } => 0,
            { State: TaskState.Failed, ContainerStatus.ExitCode: > 0 and var code } => (int)code,
            _ => throw new DockerServiceException($"The command ran to no end that is known: {SwarmTasks.Words(task)}."),
        };
    }

    private async Task ReadAsync(string id, ServiceCommand command, Dictionary<OutputStream, long> seen, bool follow, CancellationToken cancellationToken)
    {
        using var stream = await engine.Client.Swarm.GetServiceLogsAsync(
            id, false, new ServiceLogsParameters { ShowStdout = true, ShowStderr = true, Follow = follow }, cancellationToken).ConfigureAwait(false);
        await command.CopyAsync(stream, seen, cancellationToken).ConfigureAwait(false);
    }

    private static ServiceSpec SpecOf(SwarmState service, ServiceCommand command)
    {
        var (task, container) = (service.Task, service.Container);
        container.Command = ["/bin/sh", "-c", command.Text];
        container.Args = [];
        container.Env = command.EnvironmentWith(container.Env);
        container.TTY = container.OpenStdin = false;
        container.Labels = command.Labels();
        container.Healthcheck = new HealthcheckConfig { Test = ["NONE"] };
        container.Init = true;
        task.RestartPolicy = new SwarmRestartPolicy { Condition = "none" };
        task.LogDriver = new SwarmDriver { Name = "json-file" };
        foreach (var network in task.Networks ?? [])
        {
            // Nobody who calls the service by its other names must come to the command.
            network.Aliases = [];
        }

        return new ServiceSpec { Name = ServiceCommand.NameFor(service.Spec.Name!), Labels = command.Labels(), TaskTemplate = task, Mode = new ServiceMode { Replicated = new ReplicatedService { Replicas = 1 } } };
    }

    /// <summary>Removes the commands of processes that were killed.</summary>
    private async Task RemoveLeftAsync(CancellationToken cancellationToken)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [ContainerPlan.OwnerLabel] = true } };
        foreach (var service in await engine.Client.Swarm.ListServicesAsync(new ServiceListParameters { Filters = filter }, cancellationToken).ConfigureAwait(false))
        {
            if (service.Spec?.Labels?.TryGetValue(ContainerPlan.OwnerLabel, out var label) == true && Owner.Parse(label)?.IsDead(Owner.OfThisProcess()) == true)
            {
                await engine.Client.Swarm.RemoveServiceAsync(service.ID!, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
