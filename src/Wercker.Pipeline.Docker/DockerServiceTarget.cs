using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Docker.DotNet;
using Wercker.Pipeline.Docker.Engines;
using Wercker.Pipeline.Docker.Services;
using Wercker.Pipeline.Docker.Services.Compose;
using Wercker.Pipeline.Docker.Services.Swarm;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docker;

/// <summary>A service on a Docker engine: one of a Swarm, or one of a Compose project. No <c>docker</c> program is needed.</summary>
/// <remarks>
/// A push succeeds only when every task or container that should run does, with exactly the image that the name meant when the deployment began, and is
/// healthy by its healthcheck. The engine's HTTP API is https://docs.docker.com/reference/api/engine/.
/// </remarks>
public sealed class DockerServiceTarget : IDeployTarget, IPreflight, ICommandRunner, IPush, IRestart, IReleaseHistory, IDisposable
{
    private readonly ConditionalWeakTable<SecretMasker, string> _masked = [];
    private readonly DockerServiceOptions _options;
    private readonly Lazy<DockerClient> _client;

    /// <summary>Makes the target; contacts nobody.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="name">The target's name; null for "docker:" and the service.</param>
    public DockerServiceTarget(DockerServiceOptions options, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _client = new(() => EngineAddress.Find(options.Host, options.CertificateDirectory).Connect());
        Name = name ?? (options.Project is null ? $"docker:{options.Service}" : $"docker:{options.Project}-{options.Service}");
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>Looks for the engine and the service, and pulls the image, so that one that is not to be had ends the deployment before anything is changed.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>Succeeded, or Failed with what is wrong and what to do.</returns>
    public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (await EngineAddress.Find(_options.Host, _options.CertificateDirectory).FindObstacleAsync(_client).ConfigureAwait(false) is { } unreachable)
        {
            return StepResult.Failed(unreachable);
        }

        return await AskAsync(context, async workload =>
        {
            if (await workload.FindObstacleAsync(cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                return StepResult.Failed(obstacle);
            }

            try
            {
                var image = await Images.GetAsync(context, cancellationToken).ConfigureAwait(false);
                return await workload.FindObstacleAsync(image, cancellationToken).ConfigureAwait(false) is { } misfit
                    ? StepResult.Failed(misfit)
                    : StepResult.Succeeded($"{_options.Words} is there, and so is {image.Pinned}");
            }
            catch (Exception e) when (e is SandboxException or DockerServiceException)
            {
                return StepResult.Failed(e.Message);
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a command in a container of its own: with the image that is live, and with variables, mounts and networks of the service; in a Swarm with its secrets and configurations too.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="command">The command, for /bin/sh of the image.</param>
    /// <param name="output">Takes its output.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="DockerServiceException">The engine could not run it, or does not know how it ended.</exception>
    public ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        command.RefuseInput(Name);
        return AskAsync(context, async workload => await new CommandRun(workload, _options).RunAsync(context, command, output, cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    /// <inheritdoc />
    public StepForecast ForecastPush() => StepForecast.Runs(
        $"{(_options.Pull == DockerPull.Never ? "take" : "pull")} {_options.Image}, {(_options.Project is null ? "update" : "make the containers anew of")} {_options.Words}, and wait until it is healthy");

    /// <inheritdoc />
    public ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken) => AskAsync(
        context,
        async workload =>
        {
            var image = await Images.GetAsync(context, cancellationToken).ConfigureAwait(false);
            return await workload.PushAsync(context, image, cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Asks the engine what became of a push whose process was killed: Swarm has the update or does not; containers that are half replaced are gone on with.</summary>
    /// <param name="context">The resumed deployment.</param>
    /// <param name="before">The release that was live before; null for none.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The verdict; null when the push is to be made again.</returns>
    public ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken) => AskAsync(
        context,
        async workload => await workload.VerifyAsync(context, await Images.GetAsync(context, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false),
        cancellationToken);

    /// <summary>Waits for the end of a roll back that Swarm makes by itself.</summary>
    /// <param name="context">The deployment that is undone.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>When it has ended.</returns>
    public async ValueTask StopPushAsync(DeployContext context, CancellationToken cancellationToken) => await AskAsync(
        context,
        async workload =>
        {
            await workload.StopAsync(context, cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc />
    public ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken) =>
        AskAsync(context, workload => workload.RestartAsync(context, cancellationToken), cancellationToken);

    /// <inheritdoc />
    public ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken) =>
        AskAsync(context, workload => workload.GetCurrentAsync(cancellationToken), cancellationToken);

    /// <inheritdoc />
    public ValueTask<string?> FindRollBackObstacleAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        return AskAsync(context, workload => workload.FindRollBackObstacleAsync(release.Id, cancellationToken), cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        return AskAsync(context, workload => workload.RollBackAsync(context, release.Id, cancellationToken), cancellationToken);
    }

    /// <summary>Ends the connections to the engine.</summary>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private ServiceImages Images => new(_client.Value, _options);

    private async ValueTask<T> AskAsync<T>(DeployContext context, Func<IWorkload, Task<T>> ask, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.RegistryPassword is { } password && _masked.TryAdd(context.Secrets, string.Empty))
        {
            context.Secrets.Add("registry password", password);
        }

        IWorkload workload = _options.Project is null
            ? new SwarmWorkload(new SwarmEngine(_client.Value, _options, Images.Login), context.TimeProvider)
            : new ComposeWorkload(new ComposeEngine(_client.Value, _options), context.TimeProvider);
        try
        {
            return await ask(workload).ConfigureAwait(false);
        }
        catch (Exception e) when (e is DockerApiException or HttpRequestException or IOException or TimeoutException or AuthenticationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new DockerServiceException($"{_options.Words}: {EngineAddress.Explain(e)}", e);
        }
    }
}
