using Wercker.Pipeline.Decisions;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Logs;
using Wercker.Pipeline.Notifications;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Makes the pipeline of a project: its target, its sandbox, the nine phases.</summary>
/// <param name="project">The project.</param>
/// <param name="say">Is told what a sandbox does that takes long, such as pulling an image; null to tell nobody.</param>
internal sealed class ProjectPipeline(Project project, Action<string>? say = null) : IDisposable
{
    private readonly ISandboxProvider _sandboxes = SandboxChoice.Choose(project.Target, say);

    private readonly HerokuTargetProvider _heroku = new();

    private readonly TargetTests _tests = new(project.Request, project.FindVariable);

    private readonly SandboxSpec _spec = SandboxSpec.From(project.Config, project.Target) with { Source = project.Request.Source };

    private readonly Lazy<TargetDecisions> _decisions = new(() => new TargetDecisions(project.Target, project.FindVariable, project.OnFailure));

    private readonly Lazy<TargetNotifications> _notifications = new(() => new TargetNotifications(project.Target, project.FindVariable));

    /// <summary>Who decides.</summary>
    public TargetDecisions Decisions => _decisions.Value;

    /// <summary>How long to wait for another deployment of the target to end.</summary>
    public TimeSpan Wait { get; init; }

    public DeployPipeline Build(PipelineServices? services = null)
    {
        var config = project.Config;
        var builder = new DeployPipelineBuilder("deploy", services ?? new PipelineServices { Decisions = DecisionProvider.Fixed(DecisionChoice.Reject) });
        Decisions.AddTo(builder);
        _ = _notifications.Value;
        return builder
            .WithEnvironment((_, environment) => project.ContributeGit(environment))
            .UseTarget(project.Target, [CustomTarget.Provider(config), _heroku, .. _tests.ServerProviders])
            .UseSandbox(_sandboxes, _spec)
            .WaitForTarget(Wait)
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = config.PreDeploy;
                flow.Deploy = config.Deploy;
                flow.PostDeploy = config.PostDeploy;
                flow.PostDeployTest = config.PostDeployTest;
                _tests.AddTo(flow, project.Target);
                Decisions.AddTo(flow);
                flow.PlatformVersion = config.GetPlatformVersion(project.Request.Source?.Path);
            })
            .Build();
    }

    /// <summary>Makes the pipeline that only looks at a deployment of the past: in memory, without a lease, with nothing in it that changes the target.</summary>
    /// <exception cref="ConfigurationException">A setting is wrong.</exception>
    public DeployPipeline BuildVerification(DeploymentOfThePast past, DateTimeOffset now)
    {
        // What only the deployment needed is not asked for.
        var target = project.Target with { Secrets = [.. project.Target.Secrets.Where(name => project.FindVariable(name) is { Length: > 0 })] };
        var builder = new DeployPipelineBuilder("verify")
            .UseTarget(target, [CustomTarget.Provider(project.Config), _heroku, .. _tests.ServerProviders], project.FindVariable)
            .AddLogTest((_tests.ReadLogTest(target) ?? new LogTest()).Over(past.WindowOf(_tests.LengthOf(target, "logTest"), now)), FailsAlone);
        if (TargetTests.RunsCommands(target))
        {
            builder.UseSandbox(_sandboxes, _spec);
        }

        return _tests.ReadMetricsTest(target) is { } metrics
            ? builder.AddMetricsTest(metrics.Over(past.WindowOf(_tests.LengthOf(target, "metricsTest"), now)), FailsAlone).Build()
            : builder.Build();
    }

    /// <summary>When there is nothing more to see of a deployment of the past.</summary>
    public DateTimeOffset EndOf(DeploymentOfThePast past)
    {
        var target = project.Target;
        var log = target.LogTest is null && target.MetricsTest is not null ? DateTimeOffset.MinValue : past.EndOf(_tests.LengthOf(target, "logTest"));
        var metrics = target.MetricsTest is null ? DateTimeOffset.MinValue : past.EndOf(_tests.LengthOf(target, "metricsTest"));
        return log > metrics ? log : metrics;
    }

    public void Dispose()
    {
        _tests.Dispose();
        if (_decisions.IsValueCreated)
        {
            Decisions.Dispose();
        }

        if (_notifications.IsValueCreated)
        {
            _notifications.Value.Dispose();
        }

        _heroku.Dispose();
        (_sandboxes as IDisposable)?.Dispose();
    }

    /// <summary>Who marks this deployment elsewhere.</summary>
    /// <param name="earlier">The events of the deployment so far; none for a new one.</param>
    public IReadOnlyList<IDeployObserver> Markers(IReadOnlyList<DeployEvent> earlier)
    {
        var markers = _tests.ReadMarkers(project.Target);
        foreach (var marker in markers)
        {
            marker.Resume(earlier);
        }

        return markers;
    }

    /// <summary>Tells whoever wants to know of this deployment. Disposing it waits for what is on its way.</summary>
    /// <param name="earlier">The events of the deployment so far; none for a new one.</param>
    /// <param name="warn">Is told what could not be delivered.</param>
    public DeployNotifications Notifications(IReadOnlyList<DeployEvent> earlier, Action<string> warn)
    {
        var notifications = _notifications.Value.Open(warn);
        notifications.Resume(earlier);
        return notifications;
    }

    /// <summary>Why no sandbox can be made here; null when one can.</summary>
    public string? FindObstacle() => _sandboxes.FindObstacle(_spec);

    /// <summary>Whoever tunes limits wants to see all verdicts, not the first bad one.</summary>
    private static void FailsAlone(StepOptions options) => options.RunAlways = true;

    /// <summary>Refuses what the pipeline would refuse too, before anything is written.</summary>
    public static void EnsureReady(DeployPlan plan, string? obstacle)
    {
        if (plan.MissingVariables is [_, ..] missing)
        {
            throw new ConfigurationException(
                $"The environment variable{(missing.Count > 1 ? "s" : string.Empty)} {string.Join(", ", missing)} must be set for target '{plan.Target}': export {(missing.Count > 1 ? "them" : "it")}, or give --env NAME.");
        }

        if (obstacle is not null)
        {
            throw new ConfigurationException(obstacle);
        }
    }
}
