using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Dashboard;
using Wercker.Pipeline.Stores;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Tool.Projects;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Shows a project as its wercker.json describes it: its targets, with connections that ask the real systems.</summary>
internal sealed class ProjectDashboard : IDisposable
{
    private readonly List<IDisposable> _opened = [];
    private readonly IReadOnlyList<Project> _targets;
    private readonly string _name;

    private ProjectDashboard(string name, IReadOnlyList<Project> targets) => (_name, _targets) = (name, targets);

    /// <exception cref="ConfigurationException">The file is wrong.</exception>
    public static async Task<ProjectDashboard> LoadAsync(ProjectOptions options, CancellationToken cancellationToken)
    {
        var config = WerckerConfig.Load(options.Config);
        var projects = new List<Project>();
        foreach (var target in TargetChoice.All(config, options.Directory))
        {
            projects.Add(await Project.LoadAsync(options with { Target = target.Name }, cancellationToken));
        }

        return new ProjectDashboard(NameOf(projects[0].Request.App), projects);
    }

    public void AddTo(DashboardOptions options, IDeploymentStore store, bool isShared)
    {
        options.Title = _name;
        options.AddProject(_name, store, project =>
        {
            // A store that machines share has the deployments of other projects too.
            project.App = isShared ? _targets[0].Request.App : null;
            foreach (var one in _targets)
            {
                project.AddTarget(one.Target.Name, target => Describe(target, one));
            }
        });
    }

    public void Dispose() => _opened.ForEach(one => one.Dispose());

    private void Describe(DashboardTarget target, Project project)
    {
        target.AddSettings(project.Target);
        var tests = new TargetTests(project.Request, project.FindVariable);
        _opened.Add(tests);
        var providers = tests.TargetProviders;
        if (providers.Any(provider => provider.Provider.Equals(project.Target.Provider, StringComparison.OrdinalIgnoreCase)))
        {
            var preflight = new PreflightQuestion(project, [CustomTarget.Provider(project.Config), .. providers]);
            target.AddConnection(project.Target.Provider, "the target itself, with the key that deployments use", preflight.AskAsync);
        }

        var sources = new TargetSources(project.Target, tests);
        foreach (var log in sources.Logs())
        {
            target.AddLogSource(log.Provider, log.Open, log.Query);
        }

        foreach (var metrics in sources.Metrics())
        {
            target.AddMetricSource(metrics.Provider, metrics.Open, metrics.Expression);
        }

        if (sources.Heartbeat() is { } heartbeat)
        {
            target.WatchHeartbeat(heartbeat.Open, heartbeat.Expression, heartbeat.Every);
        }
    }

    /// <summary>The directory's name as far as it can stand in an address.</summary>
    private static string NameOf(string app)
    {
        var name = string.Concat(app.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '-')).TrimStart('.');
        return name.Length > 0 ? name : "project";
    }
}
