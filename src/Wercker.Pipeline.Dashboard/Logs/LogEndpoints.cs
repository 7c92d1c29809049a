using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.Dashboard.Deployments;
using Wercker.Pipeline.Dashboard.Security;

namespace Wercker.Pipeline.Dashboard.Logs;

/// <summary>The log as a file, and the way to its first error.</summary>
internal static class LogEndpoints
{
    /// <summary>How many lines stand above the error, so that what led to it can be seen.</summary>
    private const int Above = 10;

    /// <summary>The whole log as it is by now, a block at a time: it takes no memory, however long it is.</summary>
    public static async Task<IResult> FileAsync(string project, string id, HttpContext context, CancellationToken cancellationToken)
    {
        var of = DashboardVisit.Of(context).Project!;
        if (await DeploymentReader.FindAsync(of, id, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        if (await of.Store.FindLogAsync(id, cancellationToken).ConfigureAwait(false) is not { } log)
        {
            return Refusal.NoLog(context);
        }

        return TypedResults.Stream(
            async output =>
            {
                // No more than was there when somebody asked: a log that grows as fast as it is sent would never end.
                var left = log.Length;
                await foreach (var block in of.Store.ReadLogAsync(id, 0, cancellationToken).ConfigureAwait(false))
                {
                    await output.WriteAsync(block[..(int)Math.Min(block.Length, left)], cancellationToken).ConfigureAwait(false);
                    left -= block.Length;
                    if (left <= 0)
                    {
                        break;
                    }
                }
            },
            "text/plain; charset=utf-8",
            $"{id}.log");
    }

    public static async Task<IResult> FirstErrorAsync(string project, string id, HttpContext context, LogReader reader, CancellationToken cancellationToken)
    {
        var visit = DashboardVisit.Of(context);
        if (await DeploymentReader.FindAsync(visit.Project!, id, cancellationToken).ConfigureAwait(false) is null)
        {
            return Refusal.NoDeployment(context);
        }

        return await reader.FindErrorAsync(visit.Project!, id, cancellationToken).ConfigureAwait(false) is { } line
            ? TypedResults.Redirect($"{visit.Urls.Log(visit.Project!.Name, id, Math.Max(1, line - Above))}#L{line}")
            : Refusal.NoLog(context);
    }
}
