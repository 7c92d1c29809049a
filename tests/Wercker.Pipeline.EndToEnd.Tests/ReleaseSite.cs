using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The application of a host, which serves what lies in its live release: "version" in a header, "state" as the body.</summary>
internal sealed class ReleaseSite : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ReleaseSite(WebApplication application) => _application = application;

    public Uri Url => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>What it was asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static async Task<ReleaseSite> StartAsync(string current)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "shop" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var site = new ReleaseSite(application);
        application.Run(context =>
        {
            site.Asked.Enqueue(context.Request.Path);
            context.Response.Headers["X-Version"] = File.ReadAllText(Path.Combine(current, "version"));
            return context.Response.WriteAsync(File.ReadAllText(Path.Combine(current, "state")));
        });
        await application.StartAsync();
        return site;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
