using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Dashboard;
using Wercker.Pipeline.Stores;

namespace Samples.Dashboard;

/// <summary>An application with a sign-in, policies and a dashboard.</summary>
internal static class ShopHost
{
    public static WebApplication Build(IDeploymentStore store, string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie => cookie.LoginPath = "/sign-in");

        // <dashboard>
        builder.Services.AddAuthorization(options =>
        {
            options.AddPolicy("see-deploys", policy => policy.RequireAuthenticatedUser());
            options.AddPolicy("operate-deploys", policy => policy.AddRequirements(new OwnsProject()));
        });
        builder.Services.AddSingleton<IAuthorizationHandler, OwnsProjectHandler>();
        builder.Services.AddWerckerDashboard(dashboard =>
        {
            dashboard.ReadPolicy = "see-deploys";
            dashboard.OperatePolicy = "operate-deploys";
            dashboard.AdminPolicy = "operate-deploys";
            dashboard.AddProject("shop", store, project => project.AddTarget("production", target =>
            {
                target.Provider = "custom";
                target.AddSetting("URL", "https://shop.example");
                target.AddSecret("SHOP_KEY");
                target.AddConnection("shop", "https://shop.example", _ => Task.FromResult("It answers."));
            }));
        });

        var app = builder.Build();
        app.UseAuthentication();
        app.MapWerckerDashboard("/deploys");
        // </dashboard>

        // In the place of your own sign-in. Whoever can reach this page is whoever they say.
        app.MapGet("/sign-in", (string name) => Results.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], CookieAuthenticationDefaults.AuthenticationScheme)),
            new() { RedirectUri = "/deploys" },
            CookieAuthenticationDefaults.AuthenticationScheme));
        return app;
    }
}

// <per-project>
/// <summary>Whoever operates a project must own it.</summary>
public sealed class OwnsProject : IAuthorizationRequirement;

/// <summary>Decides project by project. A real one would ask a directory.</summary>
public sealed class OwnsProjectHandler : AuthorizationHandler<OwnsProject, DashboardProject>
{
    /// <inheritdoc />
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, OwnsProject requirement, DashboardProject resource)
    {
        if (resource.Name == "shop" && context.User.Identity?.Name == "ann")
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
// </per-project>
