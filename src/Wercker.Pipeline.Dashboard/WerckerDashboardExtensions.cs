using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Wercker.Pipeline.Dashboard;
using Wercker.Pipeline.Dashboard.Api;
using Wercker.Pipeline.Dashboard.Connections;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Live;
using Wercker.Pipeline.Dashboard.Logs;
using Wercker.Pipeline.Dashboard.Security;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the dashboard into an ASP.NET Core application.</summary>
public static class WerckerDashboardExtensions
{
    /// <summary>Adds what the dashboard needs: Razor components, antiforgery, authorization, and its OpenAPI document "wercker".</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Says what the dashboard shows, and to whom.</param>
    /// <returns>The container.</returns>
    public static IServiceCollection AddWerckerDashboard(this IServiceCollection services, Action<DashboardOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<DashboardOptions>().Configure(configure);
        services.AddRazorComponents();
        services.AddAntiforgery();
        services.AddAuthorization();
        ApiDocument.AddTo(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DashboardProjects>();
        services.TryAddSingleton<DashboardGate>();
        services.TryAddSingleton<DeploymentReader>();
        services.TryAddSingleton<ConnectionTests>();
        services.TryAddSingleton<LogBook>();
        services.TryAddSingleton<LogReader>();
        services.TryAddSingleton<LiveHub>();
        return services;
    }

    /// <summary>Serves the dashboard, its API and its feed below a path. Everything is behind the policies of the options.</summary>
    /// <param name="endpoints">The application, or a group of its endpoints.</param>
    /// <param name="pattern">The path. Default: "/deploys".</param>
    /// <returns>All endpoints of the dashboard, for further conventions such as a host or a rate limit.</returns>
    /// <exception cref="Wercker.Pipeline.ConfigurationException">No policy says who may read, a policy is not known to the application, or there is no project.</exception>
    public static IEndpointConventionBuilder MapWerckerDashboard(this IEndpointRouteBuilder endpoints, string pattern = "/deploys")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        DashboardStart.Check(endpoints.ServiceProvider);
        var group = endpoints.MapGroup(pattern);
        DashboardEndpoints.MapTo(group);
        return group;
    }
}
