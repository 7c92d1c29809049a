using System.Buffers;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;
using Wercker.Pipeline.LocalHeroku.Releases;
using Wercker.Pipeline.LocalHeroku.Rendezvous;

namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>A dyno that runs one command: attached to a client, detached into the log, or as a release phase.</summary>
internal sealed class OneOffDyno
{
    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t");

    private readonly CancellationTokenSource _stop;
    private readonly LocalPlatform _platform;
    private readonly App _app;
    private readonly OneOffRequest _request;
    private readonly string _secret = Guid.NewGuid().ToString("N");

    public OneOffDyno(LocalPlatform platform, App app, OneOffRequest request, string name, Release release)
    {
        _platform = platform;
        _app = app;
        _request = request;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(platform.Stopping);
        Dyno = new Dyno(name, request.Type, request.Command, release, platform.Time.GetUtcNow())
        {
            Size = request.Size,
            IsOneOff = true,
            AttachUrl = request.Attach ? platform.Rendezvous.Expect(_secret) : null,
        };
    }

    public Dyno Dyno { get; }

    /// <summary>Who gets the lines of output besides the log.</summary>
    public Action<string>? OnLine { get; init; }

    public void Stop() => _stop.Cancel();

    /// <summary>Runs the command to its end and answers with its exit status.</summary>
    public async Task<int> RunAsync(Action onEnd)
    {
        try
        {
            _stop.CancelAfter(_request.TimeToLive);
            _app.Tell($"Starting process with command `{Dyno.Command}` by user {_platform.Account.Email}");
            return _request.Attach ? await RunAttachedAsync().ConfigureAwait(false) : await RunDetachedAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Tell($"The process could not be started: {e.Message}");
            OnLine?.Invoke($"The process could not be started: {e.Message}");
            return 126;
        }
        finally
        {
            _platform.Rendezvous.Forget(_secret);
            onEnd();
            _stop.Dispose();
        }
    }

    private async Task<int> RunAttachedAsync()
    {
        Tell("Awaiting client");
        RendezvousClient? client = await _platform.Rendezvous.AwaitClientAsync(_secret, _platform.Options.AttachTimeout, _stop.Token).ConfigureAwait(false);
        if (client is null)
        {
            Tell("Error R13 (Attach error) -> Failed to attach to process");
            return 1;
        }

        await using (client.ConfigureAwait(false))
        {
            using DynoSandbox sandbox = await DynoSandbox.CreateAsync(_platform, Dyno).ConfigureAwait(false);
            ChildProcess process = Start(sandbox);
            await using (process.ConfigureAwait(false))
            {
                bool asTerminal = _platform.Faults.Take(Fault.TerminalOutput);
                bool drops = _platform.Faults.Take(Fault.DropRendezvous);
                Task input = client.CopyInputAsync(process);
                Task output = new RendezvousOutput(client, _platform.Time, asTerminal, drops).CopyAsync(process.Output);
                int status = await EndAsync(process).ConfigureAwait(false);
                await process.DrainAsync(output).ConfigureAwait(false);
                await client.LingerAsync(input).ConfigureAwait(false);
                return status;
            }
        }
    }

    private async Task<int> RunDetachedAsync()
    {
        using DynoSandbox sandbox = await DynoSandbox.CreateAsync(_platform, Dyno).ConfigureAwait(false);
        ChildProcess process = Start(sandbox);
        await using (process.ConfigureAwait(false))
        {
            process.CloseInput();
            Task output = LineReader.ReadAsync(process.Output, line =>
            {
                _app.Log.Append("app", Dyno.Name, line);
                OnLine?.Invoke(line);
            });
            int status = await EndAsync(process).ConfigureAwait(false);
            await process.DrainAsync(output).ConfigureAwait(false);
            return status;
        }
    }

    private ChildProcess Start(DynoSandbox sandbox)
    {
        // A command that begins with a process type of the Procfile means the command of that type.
        string command = Dyno.Command;
        int end = command.AsSpan().IndexOfAny(Blank);
        string first = end < 0 ? command : command[..end];
        if (Dyno.Release.Slug is { } slug && slug.ProcessTypes.TryGetValue(first, out string? typed) && _request.Type != ReleaseManager.PhaseType)
        {
            command = typed + command[first.Length..];
        }

        Tell($"Starting process with command `{command}`");
        var actual = new Dyno(Dyno.Name, Dyno.Type, command, Dyno.Release, Dyno.CreatedAt);
        ChildProcess process = sandbox.Start(_app, actual, _request.Environment, oneStream: true);
        Tell("State changed from starting to up");
        Dyno.State = Dyno.Up;
        Dyno.UpdatedAt = _platform.Time.GetUtcNow();
        return process;
    }

    private async Task<int> EndAsync(ChildProcess process)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _stop.Token.Register(stopped.SetResult);
        if (await Task.WhenAny(process.Exited, stopped.Task).ConfigureAwait(false) != process.Exited)
        {
            Tell("Stopping all processes with SIGTERM");
            await process.StopAsync(_platform.StopPatience).ConfigureAwait(false);
        }

        int status = await process.Exited.ConfigureAwait(false);
        await process.KillAsync().ConfigureAwait(false);
        Tell($"Process exited with status {status}");
        Tell(status == 0 ? "State changed from up to complete" : "State changed from up to crashed");
        return status;
    }

    private void Tell(string message) => _app.Log.Append("heroku", Dyno.Name, message);
}
