using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Wercker.Pipeline.Graphite;
using Wercker.Pipeline.Metrics;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sqlite;
using Wercker.Pipeline.Testing;

namespace Wercker.Pipeline.Dashboard.Browser.Tests;

/// <summary>Somebody's application with the dashboard in it, over Kestrel, and the store that its deployments are kept in.</summary>
internal sealed class Site : IAsyncDisposable
{
    public const string Project = "shop";
    private readonly SqliteStore _empty;
    private readonly ReportFolder _folder;
    private readonly Uri? _graphite;
    private readonly HttpClient _http = GraphiteHttpClient.Create();
    private WebApplication? _application;

    private Site(Uri? graphite)
    {
        _graphite = graphite;
        Store = new SqliteStore(Path.Combine(Directory, "shop.db"));
        _empty = new SqliteStore(Path.Combine(Directory, "empty.db"));
        _folder = new ReportFolder(Path.Combine(Directory, "reports")) { FolderPerDeployment = true, OpenLog = Store.OpenLog };
        Services = new PipelineServices { Journal = Store, Lock = Store, Decisions = Store, Observers = [_folder], Outputs = [_folder] };
    }

    /// <summary>A directory of its own, which ends with it.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("wercker-dashboard-").FullName;

    public SqliteStore Store { get; }

    /// <summary>For pipelines whose deployments are kept here.</summary>
    public PipelineServices Services { get; }

    /// <summary>Where the application answers, without a slash at the end.</summary>
    public string Root { get; private set; } = string.Empty;

    /// <summary>Addresses of the dashboard, within the application.</summary>
    public DashboardUrls Urls { get; } = new("/deploys");

    /// <summary>What the connection "probe" of the target "production" answers.</summary>
    public Func<string> Probe { get; set; } = () => "Somebody answered.";

    public static async Task<Site> StartAsync(Uri? graphite = null)
    {
        var site = new Site(graphite);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = site.Directory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthorizationBuilder().AddPolicy("everybody", policy => policy.RequireAssertion(_ => true));
        builder.Services.AddWerckerDashboard(options =>
        {
            options.ReadPolicy = options.OperatePolicy = options.AdminPolicy = "everybody";
            options.AddProject(Project, site.Store, site.Describe);
            options.AddProject("empty", site._empty);
        });
        var application = builder.Build();
        application.Use((context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "ann")], "test"));
            return next(context);
        });
        application.MapWerckerDashboard("/deploys");
        await application.StartAsync();
        site._application = application;
        site.Root = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.DisposeAsync();
        }

        _http.Dispose();
        await _folder.DisposeAsync();
        await Store.DisposeAsync();
        await _empty.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Describe(DashboardProject project)
    {
        var beats = new FakeMetricSource("graphite.example.com").Set(
            "shop.*.heartbeat", new MetricSeries("shop.web1.heartbeat", [.. Enumerable.Range(0, 60).Select(i => (DateTimeOffset.UtcNow.AddSeconds(-10 * i), (double?)i))]));
        project.AddTarget("production", target =>
        {
            if (_graphite is not null)
            {
                target.AddMetricSource(new GraphiteMetricSource(_http, new GraphiteOptions { Url = _graphite, Timeout = TimeSpan.FromSeconds(20) }), "shop.*.heartbeat");
            }

            target.Provider = "heroku";
            target.LogSource = "shop.loggly.com";
            target.LogQuery = "json.application:shop AND json.level:error";
            target.MetricsKey = "shop.web";
            target.AddSetting("app", "shop-production").AddSetting("transport", "git").AddSecret("HEROKU_API_KEY");
            target.WatchHeartbeat(() => beats, "shop.*.heartbeat", TimeSpan.FromMinutes(5));
            target.AddConnection("probe", "answers what the test says", _ => Task.FromResult(Probe()));
        });
        project.AddTarget("staging").AddTarget(Hostile.TargetName, target => target.AddSetting(Hostile.Markup, Hostile.Markup).AddConnection(Hostile.Markup, Hostile.Markup, _ => throw new InvalidOperationException(Hostile.Markup)));
    }
}
