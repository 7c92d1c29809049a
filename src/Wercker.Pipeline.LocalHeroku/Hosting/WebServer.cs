using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Wercker.Pipeline.LocalHeroku.Api;
using Wercker.Pipeline.LocalHeroku.Git;
using Wercker.Pipeline.LocalHeroku.Routing;

namespace Wercker.Pipeline.LocalHeroku.Hosting;

/// <summary>One Kestrel on two ports: the API with git, logs and outputs on one, the router on the other.</summary>
internal sealed class WebServer(LocalPlatform platform) : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    private readonly Router _router = new(platform);
    private WebApplication? _application;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "local-heroku" });
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(Configure);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        WebApplication application = builder.Build();
        _application = application;
        application.Use(next => context => context.Connection.LocalPort == platform.WebPort ? _router.ServeAsync(context) : next(context));
        application.Use(next => context =>
        {
            string method = context.Request.Headers["X-Http-Method-Override"].ToString();
            if (HttpMethods.IsPost(context.Request.Method) && method is "PATCH" or "PUT" or "DELETE")
            {
                context.Request.Method = method;
            }

            return next(context);
        });
        application.UseRouting();
        MapAll(application);
        application.UseEndpoints(static _ => { });
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
        string[] addresses = [.. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        platform.ApiPort = new Uri(addresses[0]).Port;
        platform.WebPort = new Uri(addresses[1]).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
        {
            await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
            await _application.DisposeAsync().ConfigureAwait(false);
        }

        _router.Dispose();
    }

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // Pushes and uploads are as large and as slow as they are.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(IPAddress.Loopback, platform.Options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            PlainOrTls.Use(listen, platform.Authority.ServerCertificate);
        });
        kestrel.Listen(IPAddress.Loopback, platform.Options.WebPort, listen => listen.Protocols = HttpProtocols.Http1);
    }

    private void MapAll(WebApplication application)
    {
        var api = new ApiPipeline(platform, application);
        AccountEndpoints.Map(api);
        AppEndpoints.Map(api);
        DynoEndpoints.Map(api);
        ReleaseEndpoints.Map(api, platform);
        BuildEndpoints.Map(api, platform);
        LogEndpoints.Map(api, platform);
        FaultEndpoints.Map(api);
        foreach (string method in new[] { "GET", "POST" })
        {
            api.MapRaw(method, "/{app}.git/{**path}", context =>
                GitBackend.ServeAsync(platform, context, (string)context.GetRouteValue("app")!, (string?)context.GetRouteValue("path") ?? ""));
        }

        api.MapFallback();
    }

    /// <summary>Leaves the signals of the process to the process: this server lives inside somebody else's.</summary>
    private sealed class EmbeddedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
