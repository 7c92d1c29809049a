using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Wercker.Pipeline.Sqlite;

namespace Wercker.Pipeline.Dashboard.Tests;

/// <summary>An application with a dashboard, on loopback, over a SQLite store. Who asks says so in a header.</summary>
internal sealed partial class Board : IAsyncDisposable
{
    /// <summary>May look.</summary>
    public const string Reader = "rita";

    /// <summary>May operate too.</summary>
    public const string Operator = "otto";

    /// <summary>May do everything, and is the only one to see the project "hidden".</summary>
    public const string Admin = "anna";

    private readonly string _directory = Directory.CreateTempSubdirectory("wercker-dashboard-").FullName;
    private readonly WebApplication _app;

    private Board(Action<DashboardOptions, Board> configure)
    {
        Store = new SqliteStore(Path.Combine(_directory, "wercker.db"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddLogging().AddRouting();
        builder.Services.AddDataProtection();
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysOfATest());
        builder.Services.AddAuthentication(HeaderScheme.Name).AddScheme<AuthenticationSchemeOptions, HeaderScheme>(HeaderScheme.Name, null);
        builder.Services.AddSingleton<IAuthorizationHandler, ProjectHandler>();
        builder.Services.AddAuthorization(options =>
        {
            options.AddPolicy("read", policy => policy.RequireAuthenticatedUser().AddRequirements(new SeesProject()));
            options.AddPolicy("operate", policy => policy.RequireOneOf(Operator, Admin));
            options.AddPolicy("admin", policy => policy.RequireOneOf(Admin));
        });
        builder.Services.AddWerckerDashboard(options =>
        {
            (options.ReadPolicy, options.OperatePolicy, options.AdminPolicy) = ("read", "operate", "admin");
            configure(options, this);
        });
        _app = builder.Build();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.MapGroup("/tools").MapWerckerDashboard("/deploys");
    }

    public SqliteStore Store { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Where the dashboard is.</summary>
    public const string Root = "/tools/deploys";

    public IReadOnlyList<RouteEndpoint> Endpoints => [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>Starts one with the project "shop" of the target "production", and the project "hidden".</summary>
    public static Task<Board> StartAsync() => StartAsync((options, board) => options
        .AddProject("shop", board.Store, project => project.AddTarget("production"))
        .AddProject("hidden", board.Store));

    public static async Task<Board> StartAsync(Action<DashboardOptions, Board> configure)
    {
        var board = new Board(configure);
        await board._app.StartAsync();
        return board;
    }

    /// <summary>A browser of somebody: it keeps cookies, and follows nothing by itself.</summary>
    public HttpClient Browser(string? user = Reader)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = new CookieContainer() })
        {
            BaseAddress = new Uri(_app.Urls.First() + Root + "/"),
            Timeout = TimeSpan.FromMinutes(2),
        };
        if (user is not null)
        {
            client.DefaultRequestHeaders.Add(HeaderScheme.Header, user);
        }

        return client;
    }

    /// <summary>A browser that sends the token with everything.</summary>
    public async Task<HttpClient> BrowserWithTokenAsync(string user)
    {
        var client = Browser(user);
        var session = await client.GetFromJsonAsync<JsonElement>("api/session");
        client.DefaultRequestHeaders.Add(session.GetProperty("tokenHeader").GetString()!, session.GetProperty("token").GetString());
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_directory, true);
    }

    /// <summary>The path of an endpoint below the root, with something in the place of each parameter.</summary>
    public static string PathOf(RouteEndpoint endpoint, IReadOnlyDictionary<string, string> values) => Parameter()
        .Replace(endpoint.RoutePattern.RawText![Root.Length..].TrimStart('/'), match => values[match.Groups[1].Value]);

    [GeneratedRegex(@"\{(\w+)[^}]*(?:\([^)]*\))?\}")]
    private static partial Regex Parameter();

    private sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public const string Name = "header";
        public const string Header = "X-User";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers[Header].ToString() is { Length: > 0 } user
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], Name)), Name))
                : AuthenticateResult.NoResult());
    }

    /// <summary>Keeps nothing in anybody's home.</summary>
    private sealed class KeysOfATest : IXmlRepository
    {
        private readonly List<XElement> _keys = [];

        public IReadOnlyCollection<XElement> GetAllElements() => [.. _keys];

        public void StoreElement(XElement element, string friendlyName) => _keys.Add(element);
    }

    private sealed class SeesProject : IAuthorizationRequirement;

    /// <summary>Decides project by project, as an application would.</summary>
    private sealed class ProjectHandler : AuthorizationHandler<SeesProject, DashboardProject>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, SeesProject requirement, DashboardProject resource)
        {
            if (resource.Name != "hidden" || context.User.Identity?.Name == Admin)
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}

internal static class PolicyNames
{
    public static AuthorizationPolicyBuilder RequireOneOf(this AuthorizationPolicyBuilder policy, params string[] names) =>
        policy.RequireAssertion(context => names.Contains(context.User.Identity?.Name));
}
