using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Tool.Projects;

/// <summary>Makes the pipeline of a project: its target, a process sandbox, the nine phases.</summary>
internal sealed class ProjectPipeline(Project project) : IDisposable
{
    // The tool is a process of its own, so it may take in and end what its sandboxes orphan.
    private readonly ProcessSandboxProvider _sandboxes = new() { AdoptOrphans = true };

    private readonly HerokuTargetProvider _heroku = new();

    private readonly SandboxSpec _spec = new()
    {
        Source = project.Request.Source,
        Root = project.Config.Root,
        Image = project.Config.Box,
        Language = project.Config.Language,
        Version = project.Config.Version,
        Packages = project.Config.Packages,
    };

    /// <summary>How long to wait for another deployment of the target to end.</summary>
    public TimeSpan Wait { get; init; }

    public DeployPipeline Build(PipelineServices? services = null)
    {
        var (config, limits) = (project.Config, project.Limits);
        return new DeployPipelineBuilder("deploy", services)
            .WithEnvironment((_, environment) => project.ContributeGit(environment))
            .UseTarget(project.Target, [new CustomTargetProvider(config.Deploy, limits), _heroku])
            .UseSandbox(_sandboxes, _spec)
            .WaitForTarget(Wait)
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

    public void Dispose() => _heroku.Dispose();

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
