using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Makes the pipeline of a project: its target, its sandbox, the nine phases.</summary>
internal sealed class ProjectPipeline(Project project) : IDisposable
{
    private readonly ISandboxProvider _sandboxes = SandboxChoice.Choose(project.Target);

    private readonly HerokuTargetProvider _heroku = new();

    private readonly SandboxSpec _spec = SandboxSpec.From(project.Config, project.Target) with { Source = project.Request.Source };

    public DeployPipeline Build(PipelineServices? services = null)
    {
        var (config, limits) = (project.Config, project.Limits);
        return new DeployPipelineBuilder("deploy", services)
            .WithEnvironment((_, environment) => project.ContributeGit(environment))
            .UseTarget(project.Target, [new CustomTargetProvider(config.Deploy, limits), _heroku])
            .UseSandbox(_sandboxes, _spec)
            .AddWerckerFlow(flow =>
            {
                flow.PreDeploy = config.PreDeploy;
                flow.Deploy = config.Deploy;
                flow.PostDeploy = config.PostDeploy;
                flow.PostDeployTest = config.PostDeployTest;
                flow.Limits = limits;
                flow.PlatformVersion = config.GetPlatformVersion(project.Request.Source?.Path);
            })
            .Build();
    }

    public void Dispose()
    {
        _heroku.Dispose();
        (_sandboxes as IDisposable)?.Dispose();
    }

    /// <summary>Why no sandbox can be made here; null when one can.</summary>
    public string? FindObstacle() => _sandboxes.FindObstacle(_spec);

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
