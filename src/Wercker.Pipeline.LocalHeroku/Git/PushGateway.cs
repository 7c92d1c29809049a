using System.Net;
using System.Net.Sockets;
using System.Text;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Builds;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;

namespace Wercker.Pipeline.LocalHeroku.Git;

/// <summary>Where the hook of a repository asks for the build of a push, and hears how it goes line by line.</summary>
internal sealed class PushGateway(LocalPlatform platform) : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskSet _pushes = new();
    private Task _accepting = Task.CompletedTask;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Token { get; } = Guid.NewGuid().ToString("N");

    public void Start()
    {
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        await _pushes.WhenEmptyAsync().ConfigureAwait(false);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                TcpClient connection = await _listener.AcceptTcpClientAsync(platform.Stopping).ConfigureAwait(false);
                _pushes.Run(() => ServeAsync(connection));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            NetworkStream stream = connection.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            try
            {
                string?[] head = new string?[5];
                for (int i = 0; i < head.Length; i++)
                {
                    head[i] = await reader.ReadLineAsync(platform.Stopping).ConfigureAwait(false);
                }

                if (head[0] == Token && head[4] is { } subject && platform.Apps.Find(head[1]!) is { } app)
                {
                    await PushAsync(app, new Push(head[2]!, head[3]!, subject), stream).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // Who pushed went away; the build goes on.
            }
        }
    }

    private async Task PushAsync(App app, Push push, Stream answer)
    {
        Task SayAsync(string line) => answer.WriteAsync(Encoding.UTF8.GetBytes("o" + line + "\n"), platform.Stopping).AsTask();

        var source = new BuildSource($"{platform.GitUrl(app.Name)}#{push.Commit}", push.Commit, push.Subject, Checksum: null);
        Build build = app.Builder.Start(source, directory => MoveAsync(push.Directory, directory));
        await ShowAsync(build.Output, SayAsync).ConfigureAwait(false);
        if (build.Release is not { } release)
        {
            await SayAsync("Verifying deploy...").ConfigureAwait(false);
            await SayAsync("").ConfigureAwait(false);
            await SayAsync($"!\tPush rejected to {app.Name}.").ConfigureAwait(false);
            await SayAsync("").ConfigureAwait(false);
            await answer.WriteAsync("x1\n"u8.ToArray(), platform.Stopping).ConfigureAwait(false);
            return;
        }

        await SayAsync("Verifying deploy... done.").ConfigureAwait(false);
        if (platform.Faults.Take(Fault.CutPushes))
        {
            // The door is slammed after the release was made: whoever pushed cannot know.
            await platform.Ssh.CutAsync().ConfigureAwait(false);
            GitBackend.CutAll(app);
            return;
        }

        if (release.Output is not null)
        {
            await SayAsync("Running release command...").ConfigureAwait(false);
            await SayAsync("").ConfigureAwait(false);
            await ShowAsync(release.Output, SayAsync).ConfigureAwait(false);
        }

        // As on Heroku, a failed release phase does not fail the push.
        await answer.WriteAsync("x0\n"u8.ToArray(), platform.Stopping).ConfigureAwait(false);
    }

    private async Task ShowAsync(OutputStream output, Func<string, Task> sayAsync)
    {
        long offset = 0;
        while (await output.ReadAsync(offset, platform.Stopping).ConfigureAwait(false) is { Length: > 0 } bytes)
        {
            offset += bytes.Length;
            foreach (string line in Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split('\n'))
            {
                await sayAsync(line).ConfigureAwait(false);
            }
        }
    }

    private async Task MoveAsync(string from, string to)
    {
        ChildProcess copy = platform.Launcher.Start(new LaunchSpec("cp", ["-a", from + "/.", to], to));
        await using (copy.ConfigureAwait(false))
        {
            copy.CloseInput();
            await Task.WhenAll(LineReader.ReadAsync(copy.Output, static _ => { }), LineReader.ReadAsync(copy.Error, static _ => { })).ConfigureAwait(false);
            if (await copy.Exited.ConfigureAwait(false) != 0)
            {
                throw new BuildFailedException("The pushed tree went away before it was built.");
            }
        }
    }

    private sealed record Push(string Commit, string Directory, string Subject);
}
