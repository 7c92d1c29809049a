using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Tests.Http;

namespace Wercker.Pipeline.EndToEnd.Tests;

/// <summary>The application of a host, which serves what lies in its live release: "version" in a header, "state" as the body.</summary>
internal static class ReleaseSite
{
    /// <summary>Starts it.</summary>
    /// <param name="current">The directory of the live release.</param>
    /// <param name="asked">Gets what it was asked for.</param>
    public static Task<LocalSite> StartAsync(string current, ConcurrentQueue<string> asked) => LocalSite.StartAsync(context =>
    {
        asked.Enqueue(context.Request.Path);
        context.Response.Headers["X-Version"] = File.ReadAllText(Path.Combine(current, "version"));
        return context.Response.WriteAsync(File.ReadAllText(Path.Combine(current, "state")));
    });
}
