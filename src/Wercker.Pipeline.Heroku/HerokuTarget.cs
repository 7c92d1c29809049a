using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Wercker.Pipeline.Heroku.Api;
using Wercker.Pipeline.Heroku.Dynos;
using Wercker.Pipeline.Heroku.Push;
using Wercker.Pipeline.Heroku.Releases;
using Wercker.Pipeline.Heroku.Setup;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Heroku;

/// <summary>An app on Heroku.</summary>
/// <remarks>
/// A push succeeds only when the build succeeded, the release that it made succeeded, that release is the live one, and its dynos
/// are up. Requests that have an effect are sent once; when nobody knows whether they had it, the platform is asked.
/// </remarks>
public sealed class HerokuTarget : IDeployTarget, IPreflight, IMaintenance, ICommandRunner, IPush, IRestart, IReleaseHistory
{
    private readonly ConditionalWeakTable<SecretMasker, string> _masked = [];
    private readonly HttpClient _http;
    private readonly HerokuOptions _options;
    private readonly CertificateTrust _trust;

    /// <summary>Makes the target; contacts nobody.</summary>
    /// <param name="http">The client, of <see cref="HerokuHttpClient"/> or of a factory; the caller disposes it.</param>
    /// <param name="options">The settings.</param>
    /// <param name="name">The target's name; null for "heroku:" and the app.</param>
    /// <exception cref="ConfigurationException">The file of certificate authorities cannot be read.</exception>
    public HerokuTarget(HttpClient http, HerokuOptions options, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        _http = http;
        _options = options;
        _trust = CertificateTrust.Of(options.CaFile);
        Name = name ?? (options.App is { } app ? $"heroku:{app}" : "heroku");
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <summary>Brings HEROKU_APP_NAME, HEROKU_USER and, as a secret, HEROKU_KEY, as far as the options have them.</summary>
    /// <param name="environment">The deployment's environment.</param>
    public void Contribute(DeployEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (_options.App is { } app)
        {
            environment.Set(HerokuVariables.App, app);
        }

        if (_options.User is { } user)
        {
            environment.Set(HerokuVariables.User, user);
        }

        if (_options.ApiKey is { } key)
        {
            environment.SetSecret(HerokuVariables.Key, key);
        }
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> CheckAsync(DeployContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (FindMissing(context.Environment) is { } missing)
        {
            return StepResult.Failed(missing);
        }

        return await new SetupCheck(Connect(context).Api, _options).RunAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<bool> GetMaintenanceAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var (api, _) = Connect(context);
        return (await api.GetAsync(api.Of(), AnswerJson.Default.AppInfo, cancellationToken).ConfigureAwait(false)).Maintenance;
    }

    /// <inheritdoc />
    public async ValueTask SetMaintenanceAsync(DeployContext context, bool on, CancellationToken cancellationToken)
    {
        var (api, _) = Connect(context);
        await api.SendAsync(HttpMethod.Patch, api.Of(), new JsonObject { ["maintenance"] = on }, true, cancellationToken).ConfigureAwait(false);

        // Asked again, because a good answer to the switch does not prove that it was switched.
        if (await GetMaintenanceAsync(context, cancellationToken).ConfigureAwait(false) != on)
        {
            throw new HerokuException($"Maintenance of {api.App} was switched {(on ? "on" : "off")} and Heroku said yes, but it is still {(on ? "off" : "on")}.");
        }
    }

    /// <inheritdoc />
    public async ValueTask<CommandResult> RunAsync(DeployContext context, ShellCommand command, IOutputWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(output);
        command.RefuseInput(Name);
        cancellationToken.ThrowIfCancellationRequested();
        return await new OneOffDynos(Connect(context).Api, _options, _trust).RunAsync(context, command, output, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public StepForecast ForecastPush() => StepForecast.Runs(
        $"push to {Name} by {_options.Transport switch { HerokuTransport.BuildApi => "the Build API", HerokuTransport.Ssh => "git over SSH", _ => "git over HTTPS" }}, then wait for build, release and dynos");

    /// <inheritdoc />
    public async ValueTask<StepResult> PushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        var (api, key) = Connect(context);
        cancellationToken.ThrowIfCancellationRequested();
        if (context.Request.Source is not { } source)
        {
            return StepResult.Failed("there is nothing to push: the deployment has no source");
        }

        var mark = new PushMark(PrivateDirectory.NewPath());
        await context.SetAsync(PushMark.Key, mark, cancellationToken).ConfigureAwait(false);
        using var directory = new PrivateDirectory(mark.Directory);
        IPushTransport transport = _options.Transport switch
        {
            HerokuTransport.BuildApi => new BuildApiTransport(api, _options, key),
            HerokuTransport.Ssh => new SshTransport(api, _options, key),
            _ => new HttpsTransport(api, _options, key),
        };
        var user = _options.User ?? HerokuVariables.Find(HerokuVariables.Users, context.Environment) ?? HerokuVariables.DefaultUser;
        var order = new PushOrder(context, source, directory.Path, context.Output) { User = user };
        var outcome = await transport.SendAsync(order, cancellationToken).ConfigureAwait(false);
        if (outcome.Verdict is { } verdict)
        {
            if (!outcome.MayStillLand)
            {
                await context.SetAsync(PushMark.Key, mark, cancellationToken).ConfigureAwait(false);
            }

            return verdict;
        }

        IOutputWriter output = outcome.HasShownReleasePhase ? NoOutput.Instance : context.Output;
        var proof = await new ReleaseProof(api, _options).ProveAsync(outcome.Release!, output, cancellationToken).ConfigureAwait(false);
        return proof with { Evidence = [.. outcome.Evidence, .. proof.Evidence] };
    }

    /// <inheritdoc />
    /// <remarks>A build that still runs is waited for. What git left running here, its files and its SSH key are removed.</remarks>
    public async ValueTask<StepResult?> VerifyPushAsync(DeployContext context, Release? before, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await new InterruptedPush(Connect(context).Api, _options, context).VerifyAsync(before, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    /// <remarks>A build that still runs is canceled, a release phase is stopped, and the end of both is waited for.</remarks>
    public async ValueTask StopPushAsync(DeployContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await new InterruptedPush(Connect(context).Api, _options, context).StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RestartAsync(DeployContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await new DynoRestart(Connect(context).Api, _options).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<Release?> GetCurrentAsync(DeployContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // A new app has releases without code, which nobody can go back to.
        return await new ReleaseBook(Connect(context).Api).GetCurrentAsync(cancellationToken).ConfigureAwait(false) is { HasCode: true } current
            ? new Release(current.Name, current.Description)
            : null;
    }

    /// <inheritdoc />
    public async ValueTask<string?> FindRollBackObstacleAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        cancellationToken.ThrowIfCancellationRequested();
        return await new RollBack(Connect(context).Api, _options).FindObstacleAsync(release, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async ValueTask<StepResult> RollBackAsync(DeployContext context, Release release, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(release);
        cancellationToken.ThrowIfCancellationRequested();
        return await new RollBack(Connect(context).Api, _options).RunAsync(context, release, cancellationToken).ConfigureAwait(false);
    }

    private (HerokuApi Api, Secret Key) Connect(DeployContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (FindMissing(context.Environment) is { } missing)
        {
            throw new ConfigurationException(missing);
        }

        var key = _options.ApiKey ?? new Secret(HerokuVariables.Find(HerokuVariables.Keys, context.Environment)!);
        var app = _options.App ?? HerokuVariables.Find(HerokuVariables.Apps, context.Environment)!;
        if (_masked.TryAdd(context.Secrets, string.Empty))
        {
            context.Secrets.Add(HerokuVariables.Key, key);
        }

        return (new HerokuApi(_http, _options.ApiUrl, key, app, context.TimeProvider) { RateLimitPatience = _options.RateLimitPatience }, key);
    }

    private string? FindMissing(DeployEnvironment environment) =>
        _options.ApiKey is null && HerokuVariables.Find(HerokuVariables.Keys, environment) is null
            ? $"There is no API key of Heroku. Put one into {string.Join(", ", HerokuVariables.Keys)}, and the variable's name into the target's \"secrets\"."
            : _options.App is null && HerokuVariables.Find(HerokuVariables.Apps, environment) is null
                ? $"The name of the Heroku app is missing. Set \"app\" of the target, or {string.Join(" or ", HerokuVariables.Apps)}."
                : null;
}
