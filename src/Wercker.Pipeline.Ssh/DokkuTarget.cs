using System.Runtime.CompilerServices;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Ssh.Dokku;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh;

/// <summary>An app on a Dokku host, deployed to by git over SSH and by Dokku's own commands.</summary>
/// <remarks>
/// A push succeeds only when Dokku has built the commit and taken it, says that it is the app's revision, and that the app's processes run. Every commit stands on
/// the one before, so the way back is in Dokku's own repository. git and the commands share one connection of OpenSSH's client.
/// </remarks>
public sealed class DokkuTarget : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory, IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(60);
    private readonly ConditionalWeakTable<SecretMasker, string> _masked = [];
    private readonly DokkuOptions _options;
    private readonly DokkuHost _host;

    /// <summary>Makes the target; contacts nobody.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="name">The target's name; null for "dokku:", the host and the app.</param>
    public DokkuTarget(DokkuOptions options, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _host = new DokkuHost(options);
        Name = name ?? $"dokku:{options.Host.Name}/{options.App}";
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        try
        {
            var version = await _host.AskAsync("version", cancellationToken).ConfigureAwait(false);
            if (version.ExitCode != 0)
            {
                return StepResult.Failed($"{_options.Host.Name} does not answer as Dokku does: {version.Words}. Log in as the user dokku, whose key was added with dokku ssh-keys:add.");
            }

            var exists = await _host.AskAsync($"apps:exists {_options.App}", cancellationToken).ConfigureAwait(false);
            return exists.ExitCode != 0
                ? StepResult.Failed($"{_options.Host.Name} has no app {_options.App}: {exists.Words}. Create it: dokku apps:create {_options.App}.")
                : await _host.IsLockedAsync(cancellationToken).ConfigureAwait(false)
                    ? StepResult.Failed($"{_options.App} is being deployed by somebody else. When that is not so any more: dokku apps:unlock {_options.App}.")
                    : StepResult.Succeeded($"{version.Text}, and {_options.App} is there");
        }
        catch (SshException e)
        {
            return StepResult.Failed(e.Message);
        }
    }

    /// <inheritdoc />
    public async ValueTask<string?> FindMaintenanceObstacleAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        return DokkuHost.IsUnknown(await _host.AskAsync(MaintenanceReport, cancellationToken).ConfigureAwait(false)) ? $"{_options.Host.Name} has no plugin dokku-maintenance" : null;
    }

    /// <inheritdoc />
    public async ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        return await _host.ReportAsync("maintenance:report", "--maintenance-enabled", cancellationToken).ConfigureAwait(false) == "true";
    }

    /// <inheritdoc />
    public async ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        if (await GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false) == on)
        {
            return;
        }

        var answer = await _host.AskAsync($"maintenance:{(on ? "enable" : "disable")} {_options.App}", cancellationToken).ConfigureAwait(false);

        // Asked again, because a good answer to the switch does not prove that it was switched.
        if (answer.ExitCode != 0 || await GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false) != on)
        {
            throw new SshException(_options.Host.Name, $"maintenance of {_options.App} could not be switched {(on ? "on" : "off")}: {answer.Words}");
        }
    }

    /// <summary>Runs a command in a container of the live release.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="command">The command, for /bin/sh. It is seen in the list of processes over there.</param>
    /// <param name="output">Takes its output.</param>
    /// <param name="cancellationToken">Ends the connection; the container is Dokku's to end.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="SshException">The host cannot be reached, or the connection was lost before the exit code came.</exception>
    /// <exception cref="NotSupportedException">The command has an <see cref="ShellCommand.Input"/>.</exception>
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        command.RefuseInput(Name);
        Begin(context, cancellationToken);
        return await new DokkuCommand(_host).RunAsync(context, command, output, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public StepForecast ForecastPush() => StepForecast.Runs($"push to {_options.App} on {_options.Host.Name} by git, then wait for Dokku's build and the processes");

    /// <inheritdoc />
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        return context.Request.Source is { } source
            ? await new DokkuPush(_host, context).RunAsync(source, cancellationToken).ConfigureAwait(false)
            : StepResult.Failed("there is nothing to push: the deployment has no source");
    }

    /// <summary>Waits for the end of a build that goes on after its process was killed, and looks what became of it.</summary>
    /// <param name="context">The resumed deployment.</param>
    /// <param name="before">The release that was live before; null for none.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <returns>The verdict; null when the push is to be made again.</returns>
    public async ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        return await new DokkuPush(_host, context).VerifyAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until nothing more comes of a push: Dokku lets nobody stop a build.</summary>
    /// <param name="context">The deployment that is undone.</param>
    /// <param name="cancellationToken">The undo's deadline.</param>
    /// <returns>When the app is not locked any more.</returns>
    /// <exception cref="SshException">It still is after a minute.</exception>
    public async ValueTask StopPushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        if (!await new DokkuProof(_host, context.TimeProvider).AwaitUnlockedAsync(LongestStop, cancellationToken).ConfigureAwait(false))
        {
            throw new SshException(_options.Host.Name, $"{_options.App} is still being deployed, and what comes of it would be live after this undo. Look at dokku apps:report {_options.App}.");
        }
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        var exitCode = await _host.RunAsync($"ps:restart {_options.App}", (stream, bytes) => context.Output.WriteAsync(stream, bytes, CancellationToken.None), cancellationToken).ConfigureAwait(false);
        return exitCode == 0
            ? await new DokkuProof(_host, context.TimeProvider).AwaitRunningAsync($"{_options.App} was restarted", cancellationToken).ConfigureAwait(false)
            : StepResult.Failed($"dokku ps:restart {_options.App} failed with exit code {exitCode}", new Evidence("text", "the restart") { Text = context.Output.RecentLines });
    }

    /// <inheritdoc />
    public async ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken)
    {
        Begin(context, cancellationToken);
        return await new DokkuPush(_host, context).FindLiveAsync(cancellationToken).ConfigureAwait(false) is { } commit ? new Release(commit) : null;
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        Begin(context, cancellationToken);
        return await new DokkuPush(_host, context).RollBackAsync(release.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the connection.</summary>
    /// <returns>When it is ended.</returns>
    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private string MaintenanceReport => $"maintenance:report {_options.App} --maintenance-enabled";

    private void Begin(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (!_masked.TryAdd(context.Secrets, string.Empty))
        {
            return;
        }

        foreach (var (name, secret) in new[] { ("ssh key", _options.Login.Key), ("ssh passphrase", _options.Login.Passphrase) })
        {
            if (secret is not null)
            {
                context.Secrets.Add(name, secret);
            }
        }
    }
}
