using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Dashboard;

namespace Wercker.Pipeline.Tool.Dashboard;

/// <summary>Serves the dashboard on this machine, to whoever has the link.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private const string Policy = "link";
    private const string EntryPath = "/enter";

    // Cookies do not know ports: two dashboards on one machine must not share one.
    private static readonly string CookieName = $"wercker-dashboard-{Environment.ProcessId}";

    private readonly EntryToken _token = new();
    private readonly WebApplication _app;

    /// <summary>Makes it; nothing listens yet.</summary>
    /// <param name="addresses">Where to listen.</param>
    /// <param name="configure">Adds what is shown.</param>
    public DashboardHost(IReadOnlyList<LoopbackAddress> addresses, Action<DashboardOptions> configure)
    {
        // Empty: no settings of the project's application and no variables of its server may change where this one listens, or what it lets in.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var (address, port) in addresses)
            {
                if (address is null)
                {
                    kestrel.ListenLocalhost(port);
                }
                else
                {
                    kestrel.Listen(address, port);
                }
            }
        });
        builder.Services.AddLogging();
        builder.Services.AddRouting();

        // The keys of the cookies live as long as this process, and are written nowhere.
        builder.Services.AddDataProtection();
        builder.Services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new KeysInMemory());
        builder.Services.AddAntiforgery(options => options.Cookie.Name = $"{CookieName}-form");
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(Configure);
        builder.Services.AddAuthorization(options => options.AddPolicy(Policy, policy => policy.RequireAuthenticatedUser()));
        builder.Services.AddWerckerDashboard(options =>
        {
            (options.ReadPolicy, options.OperatePolicy, options.AdminPolicy) = (Policy, Policy, Policy);
            configure(options);
        });
        _app = builder.Build();
        _app.Use(RefuseOtherNamesAsync);
        _app.UseRouting();
        _app.UseAuthentication();
        _app.MapGet(EntryPath, EnterAsync);
        _app.MapWerckerDashboard(string.Empty);
    }

    /// <summary>The link that opens it, once.</summary>
    public string Link => $"{Address}{EntryPath}?token={_token.Text}";

    /// <summary>Where it listens.</summary>
    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <exception cref="ConfigurationException">It cannot listen there.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new ConfigurationException("--urls: another program listens there already. Name another port; 0 takes one that is free.", exception);
        }
        catch (System.Net.Sockets.SocketException exception)
        {
            throw new ConfigurationException($"--urls: it cannot be listened there: {exception.Message}", exception);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookieName;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.Events.OnRedirectToLogin = context => WriteAsync(context.Response, HttpStatusCode.Unauthorized, "Follow the link that 'wercker dashboard' has printed.");
        options.Events.OnRedirectToAccessDenied = context => WriteAsync(context.Response, HttpStatusCode.Forbidden, "Not allowed.");
    }

    /// <summary>A name that somebody has pointed at this machine is no name of it.</summary>
    private static Task RefuseOtherNamesAsync(HttpContext context, RequestDelegate next) => LoopbackAddress.IsLoopback(context.Request.Host.Host)
        ? next(context)
        : WriteAsync(context.Response, HttpStatusCode.MisdirectedRequest, "This dashboard answers to localhost and 127.0.0.1 only.");

    private async Task EnterAsync(HttpContext context)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-store";
        if (!_token.TryUse(context.Request.Query["token"]))
        {
            await WriteAsync(context.Response, HttpStatusCode.Forbidden, "This link was followed already, or it is not the one that was printed. Start 'wercker dashboard' again for a new one.");
            return;
        }

        var who = new ClaimsIdentity([new Claim(ClaimTypes.Name, Operator.Name)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(who));
        context.Response.Redirect("/");
    }

    private static Task WriteAsync(HttpResponse response, HttpStatusCode status, string text)
    {
        response.StatusCode = (int)status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text + "\n");
    }
}
