using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Wercker.Pipeline.LocalHeroku.Api;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Git;

/// <summary>Git's smart HTTP protocol: each request is one run of <c>git http-backend</c>, its bodies streamed both ways.</summary>
internal static class GitBackend
{
    private static readonly ConcurrentDictionary<HttpContext, App> Pushing = new();

    public static async Task ServeAsync(LocalPlatform platform, HttpContext context, string name, string path)
    {
        if (!Credentials.AreValid(platform, context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Local Heroku\"";
            await context.Response.WriteAsync("Unauthorized\n").ConfigureAwait(false);
            return;
        }

        if (platform.Faults.Take(Fault.FailGitRequests))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        if (platform.Apps.Find(name) is not { } app)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("Repository not found\n").ConfigureAwait(false);
            return;
        }

        Pushing[context] = app;
        try
        {
            await RunAsync(platform, context, app, path).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            context.Abort();
        }
        finally
        {
            Pushing.TryRemove(context, out _);
        }
    }

    /// <summary>Cuts the connections of everyone who talks to the app's repository now.</summary>
    public static void CutAll(App app)
    {
        foreach (HttpContext context in Pushing.Where(p => p.Value == app).Select(p => p.Key))
        {
            context.Abort();
        }
    }

    private static async Task RunAsync(LocalPlatform platform, HttpContext context, App app, string path)
    {
        Dictionary<string, string> environment = GitRepository.Environment(platform);
        HttpRequest request = context.Request;
        environment["GIT_PROJECT_ROOT"] = Path.Combine(platform.Directory, GitRepository.Room);
        environment["GIT_HTTP_EXPORT_ALL"] = "1";
        environment["PATH_INFO"] = $"/{app.Name}.git/{path}";
        environment["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "";
        environment["REQUEST_METHOD"] = request.Method;
        environment["CONTENT_TYPE"] = request.ContentType ?? "";
        environment["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString();
        environment["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString();
        environment["REMOTE_USER"] = platform.Account.Email;
        environment["REMOTE_ADDR"] = "127.0.0.1";
        if (request.ContentLength is { } length)
        {
            environment["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture);
        }

        ChildProcess backend = platform.Launcher.Start(new LaunchSpec("git", ["http-backend"], platform.Directory) { Environment = environment });
        await using (backend.ConfigureAwait(false))
        {
            Task errors = LineReader.ReadAsync(backend.Error, static _ => { });
            Task sending = SendAsync(request, backend, context.RequestAborted);
            await AnswerAsync(context, backend.Output).ConfigureAwait(false);
            await backend.KillAsync().ConfigureAwait(false);
            await backend.DrainAsync(Task.WhenAll(errors, sending)).ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(HttpRequest request, ChildProcess backend, CancellationToken aborted)
    {
        try
        {
            await request.Body.CopyToAsync(backend.Input, aborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            // Either side may stop early: git when it has seen enough, the client when it gives up.
        }
        finally
        {
            backend.CloseInput();
        }
    }

    private static async Task AnswerAsync(HttpContext context, Stream output)
    {
        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        int end;
        while ((end = HeadEnd(buffer.AsSpan(0, filled))) < 0)
        {
            int read = filled < buffer.Length ? await output.ReadAsync(buffer.AsMemory(filled), context.RequestAborted).ConfigureAwait(false) : 0;
            if (read == 0)
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return;
            }

            filled += read;
        }

        foreach (string line in Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            string value = line[(colon + 1)..].Trim();
            if (line[..colon].Equals("Status", StringComparison.OrdinalIgnoreCase))
            {
                context.Response.StatusCode = int.Parse(value.AsSpan(0, 3), CultureInfo.InvariantCulture);
            }
            else
            {
                context.Response.Headers[line[..colon]] = value;
            }
        }

        await context.Response.Body.WriteAsync(buffer.AsMemory(end, filled - end), context.RequestAborted).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        int more;
        while ((more = await output.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, more), context.RequestAborted).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static int HeadEnd(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? -1 : end + 4;
    }
}
