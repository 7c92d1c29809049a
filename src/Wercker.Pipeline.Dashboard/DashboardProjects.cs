using Microsoft.Extensions.Options;

namespace Wercker.Pipeline.Dashboard;

/// <summary>The projects of the options, with their stores.</summary>
internal sealed class DashboardProjects
{
    private readonly Dictionary<string, DashboardProject> _byName;

    public DashboardProjects(IOptions<DashboardOptions> options, IServiceProvider services)
    {
        All = options.Value.Open(services);
        _byName = new Dictionary<string, DashboardProject>(StringComparer.Ordinal);
        foreach (var project in All)
        {
            if (!_byName.TryAdd(project.Name, project))
            {
                throw new ConfigurationException($"The dashboard has two projects '{project.Name}': name each once.");
            }
        }
    }

    public IReadOnlyList<DashboardProject> All { get; }

    public DashboardProject? Find(string name) => _byName.GetValueOrDefault(name);
}
