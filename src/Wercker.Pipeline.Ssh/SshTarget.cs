using System.Runtime.CompilerServices;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Ssh.Connections;
using Wercker.Pipeline.Ssh.Fleets;
using Wercker.Pipeline.Ssh.Releases;
using Wercker.Pipeline.Ssh.Setup;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Ssh;

/// <summary>Servers that are reached over SSH: one, or a fleet that gets the new version in waves.</summary>
/// <remarks>
/// Every release lies in a directory of its own, complete or not at all, and becomes the live one by one rename of the link "current". What a script
/// does on a host can be cut off anywhere and done again; a host that has the release already is passed over. The lease of the deployment covers the fleet.
/// </remarks>
public sealed class SshTarget : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory, IAsyncDisposable
{
    private readonly ConditionalWeakTable<SecretMasker, string> _masked = [];
    private readonly SshOptions _options;
    private readonly HostPool _pool;
    private readonly bool _ownsPool;
    private readonly IReadOnlyList<IReadOnlyList<SshHost>> _waves;

    /// <summary>Makes the target; contacts nobody.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="name">The target's name; null for "ssh:", the first host and the path.</param>
    /// <exception cref="ConfigurationException">A setting makes no sense.</exception>
    public SshTarget(SshOptions options, string? name = null)
        : this(options, name, null)
    {
    }

    internal SshTarget(SshOptions options, string? name, HostPool? pool)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules.Check(options);
        _options = options;
        _waves = WavePlan.Of(options.Hosts, options.Fleet.Waves);
        _ownsPool = pool is null;
        _pool = pool ?? new HostPool(ConnectorOf(options.Login));
        Name = name ?? $"ssh:{options.Hosts[0].Name}{options.Path}";
    }

    /// <inheritdoc />
    public string Name { get; }

    private bool RestartsInWaves => _waves.Count > 1;

    /// <inheritdoc />
    public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        return await new SetupCheck(_options, fleet).RunAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        return await new MaintenanceSwitch(_options, fleet).GetAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        await new MaintenanceSwitch(_options, fleet).SetAsync(on, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Runs a command in the live release of one host: the first that has <see cref="SshOptions.CommandRole"/>, or the first of all.</summary>
    /// <param name="context">The deployment.</param>
    /// <param name="command">The command; bash runs it where there is one, else sh.</param>
    /// <param name="output">Takes its output.</param>
    /// <param name="cancellationToken">Ends the command and what it has started.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="SshException">The host cannot be reached, or the connection was lost before the exit code came.</exception>
    /// <exception cref="NotSupportedException">The command has an <see cref="ShellCommand.Input"/>.</exception>
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        command.RefuseInput(Name);
        cancellationToken.ThrowIfCancellationRequested();
        Mask(context);
        return await new OneOffCommand(_options, _pool).RunAsync(context, command, output, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public StepForecast ForecastPush() => StepForecast.Runs(
        $"{(_options.Repository is null ? "upload the release to" : $"have {_options.Repository} fetched by")} {_options.Hosts.Count} host{(_options.Hosts.Count > 1 ? "s" : string.Empty)} "
        + $"and switch {_options.Path}/current{(RestartsInWaves ? $", in waves of {string.Join(", ", _waves.Select(wave => wave.Count))}, restarting each" : string.Empty)}");

    /// <inheritdoc />
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        if (context.Request.Source is not { } source)
        {
            return StepResult.Failed("there is nothing to release: the deployment has no source");
        }

        using var payload = await Payload.MakeAsync(context, source, _options.Repository, cancellationToken).ConfigureAwait(false);
        return await new Rollout(_options, _waves, fleet).RunAsync(context, payload, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has a push that was cut off made again: the hosts are asked, those that have the release are passed over, the others get it.</summary>
    /// <param name="context">The resumed deployment.</param>
    /// <param name="before">What was live before.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>Always null.</returns>
    public ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken) => ValueTask.FromResult<StepResult?>(null);

    /// <inheritdoc />
    public async ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        return await new ApplicationRestart(_options, fleet).RunAsync(RestartsInWaves, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken)
    {
        using var fleet = Fleet(context, cancellationToken);
        return await new ReleaseBook(_options, fleet).GetCurrentAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        using var fleet = Fleet(context, cancellationToken);
        return await new RollBack(_options, _waves, fleet).RunAsync(context, release, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the connections.</summary>
    /// <returns>When they are ended.</returns>
    public ValueTask DisposeAsync() => _ownsPool ? _pool.DisposeAsync() : ValueTask.CompletedTask;

    internal static ISshConnector ConnectorOf(SshLogin login) => login.Client == SshClientKind.OpenSsh ? new OpenSshConnector(login) : new SshNetConnector(login);

    private FleetRun Fleet(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        Mask(context);
        return new FleetRun(_pool, _options, context);
    }

    private void Mask(DeployContext context)
    {
        if (!_masked.TryAdd(context.Secrets, string.Empty))
        {
            return;
        }

        foreach (var (name, secret) in new[] { ("ssh key", _options.Login.Key), ("ssh passphrase", _options.Login.Passphrase), ("ssh password", _options.Login.Password), ("sudo password", _options.SudoPassword) })
        {
            if (secret is not null)
            {
                context.Secrets.Add(name, secret);
            }
        }
    }
}
