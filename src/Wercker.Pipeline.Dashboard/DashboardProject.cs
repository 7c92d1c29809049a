using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Dashboard;

/// <summary>A project of the dashboard: a store and the targets that it deploys to. It is the resource of the dashboard's policies.</summary>
public sealed class DashboardProject
{
    private readonly List<DashboardTarget> _targets = [];

    internal DashboardProject(string name, IDeploymentStore store)
    {
        Name = name;
        Store = store;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Has its deployments.</summary>
    public IDeploymentStore Store { get; }

    /// <summary>The application whose deployments these are, where several share a store. Null, the default, for all deployments of the store.</summary>
    public string? App { get; set; }

    /// <summary>Its targets, in the order in which they were added.</summary>
    public IReadOnlyList<DashboardTarget> Targets => _targets;

    /// <summary>Adds a target.</summary>
    /// <param name="name">Its name, as deployments have it.</param>
    /// <param name="configure">Says more about it; null for nothing.</param>
    /// <returns>This project.</returns>
    /// <exception cref="ConfigurationException">There is one of this name.</exception>
    public DashboardProject AddTarget(string name, Action<DashboardTarget>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (FindTarget(name) is not null)
        {
            throw new ConfigurationException($"Project '{Name}' has two targets '{name}' on the dashboard: name each once.");
        }

        var target = new DashboardTarget(name);
        configure?.Invoke(target);
        _targets.Add(target);
        return this;
    }

    internal DashboardTarget? FindTarget(string name) => _targets.Find(target => target.Name == name);

    /// <summary>True when a deployment of the store is one of this project.</summary>
    internal bool Has(DeploymentEntry entry) => App is null || App == entry.App;
}
