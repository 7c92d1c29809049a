using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Stores;

namespace Wercker.Pipeline.Benchmarks.Dashboard;

/// <summary>A dashboard on loopback that lets everybody in.</summary>
internal static class BoardHost
{
    public static async Task<WebApplication> StartAsync(IDeploymentStore store)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging().AddRouting().AddAuthorization(options => options.AddPolicy("all", policy => policy.RequireAssertion(_ => true)));
        builder.Services.AddDataProtection();
        builder.Services.AddWerckerDashboard(options =>
        {
            (options.ReadPolicy, options.OperatePolicy, options.AdminPolicy) = ("all", "all", "all");
            options.AddProject("shop", store, project => project.AddTarget("production").AddTarget("staging"));
        });
        var app = builder.Build();
        app.UseRouting();
        app.MapWerckerDashboard();
        await app.StartAsync();
        return app;
    }
}
