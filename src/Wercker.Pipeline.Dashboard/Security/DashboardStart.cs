using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Wercker.Pipeline.Dashboard.Security;

/// <summary>Refuses to serve a dashboard of which nobody has said who may see it.</summary>
internal static class DashboardStart
{
    /// <exception cref="ConfigurationException">Something is missing; the message says what to write.</exception>
    public static void Check(IServiceProvider services)
    {
        if (services.GetService<DashboardProjects>() is not { } projects)
        {
            throw new ConfigurationException("The dashboard is mapped, and was not added: call services.AddWerckerDashboard(o => ...) first.");
        }

        var options = services.GetRequiredService<IOptions<DashboardOptions>>().Value;
        if (string.IsNullOrWhiteSpace(options.ReadPolicy))
        {
            throw new ConfigurationException(
                "Nobody has said who may see the dashboard, so it is not served. Name an authorization policy: "
                + "services.AddAuthorization(a => a.AddPolicy(\"deploys\", p => p.RequireAuthenticatedUser())), and o.ReadPolicy = \"deploys\" in AddWerckerDashboard.");
        }

        if (projects.All.Count == 0)
        {
            throw new ConfigurationException("The dashboard has no project: add one with o.AddProject(\"shop\", store) in AddWerckerDashboard.");
        }

        var policies = services.GetRequiredService<IAuthorizationPolicyProvider>();
        (string Setting, string? Policy)[] said = [(nameof(options.ReadPolicy), options.ReadPolicy), (nameof(options.OperatePolicy), options.OperatePolicy), (nameof(options.AdminPolicy), options.AdminPolicy)];
        foreach (var (setting, policy) in said)
        {
            // A mistyped name would otherwise be found by the first visitor. Asked once, before anything is served.
            if (policy is not null && policies.GetPolicyAsync(policy).GetAwaiter().GetResult() is null)
            {
                throw new ConfigurationException($"The dashboard's {setting} is '{policy}', and the application has no such policy: add it with services.AddAuthorization(a => a.AddPolicy(\"{policy}\", ...)).");
            }
        }
    }
}
