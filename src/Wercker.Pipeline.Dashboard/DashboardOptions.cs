using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard;

/// <summary>What a dashboard shows, and who may do what with it.</summary>
/// <remarks>
/// The policies are those of the application (<c>AddAuthorization(o => o.AddPolicy(...))</c>). Each is asked with the <see cref="DashboardProject"/> as its resource, so that an
/// <c>AuthorizationHandler&lt;TRequirement, DashboardProject&gt;</c> can decide project by project. There is no default: a dashboard whose readers nobody has named is not mapped.
/// </remarks>
public sealed class DashboardOptions
{
    private readonly List<Func<IServiceProvider, DashboardProject>> _projects = [];

    /// <summary>What stands above every page. Default: "Deployments".</summary>
    public string Title { get; set; } = "Deployments";

    /// <summary>The policy of those who may look. Required.</summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The policy of those who may answer questions, cancel deployments and freeze or thaw targets. They must be able to read too. Default: null, nobody may.</summary>
    public string? OperatePolicy { get; set; }

    /// <summary>The policy of those who may take a target away from a deployment, see the connections and test them. They must be able to read too. Default: null, nobody may.</summary>
    public string? AdminPolicy { get; set; }

    /// <summary>Adds a project whose store the application has made.</summary>
    /// <param name="name">Names it in addresses and for people: letters, digits, '.', '_' and '-', at most 64.</param>
    /// <param name="store">Has its deployments. It stays the application's: the dashboard does not dispose it.</param>
    /// <param name="configure">Adds its targets; null for none.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ConfigurationException">The name cannot stand in an address.</exception>
    public DashboardOptions AddProject(string name, IDeploymentStore store, Action<DashboardProject>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        return AddProject(name, _ => store, configure);
    }

    /// <summary>Adds a project whose store is in the container.</summary>
    /// <param name="name">Names it in addresses and for people: letters, digits, '.', '_' and '-', at most 64.</param>
    /// <param name="store">Finds the store in the container, once.</param>
    /// <param name="configure">Adds its targets; null for none.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ConfigurationException">The name cannot stand in an address.</exception>
    public DashboardOptions AddProject(string name, Func<IServiceProvider, IDeploymentStore> store, Action<DashboardProject>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        if (!DashboardName.IsName(name))
        {
            throw new ConfigurationException($"A project of the dashboard cannot be called '{name}': its name stands in addresses. Use letters, digits, '.', '_' and '-', at most {DashboardName.MaxLength}.");
        }

        _projects.Add(services =>
        {
            var project = new DashboardProject(name, store(services));
            configure?.Invoke(project);
            return project;
        });
        return this;
    }

    /// <summary>Makes the projects, in the order in which they were added.</summary>
    internal IReadOnlyList<DashboardProject> Open(IServiceProvider services) => [.. _projects.Select(open => open(services))];
}
