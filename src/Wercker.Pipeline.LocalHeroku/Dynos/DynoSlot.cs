using System.Net;
using System.Net.Sockets;
using Wercker.Pipeline.LocalHeroku.Apps;
using Wercker.Pipeline.LocalHeroku.Hosting;
using Wercker.Pipeline.LocalHeroku.Processes;
using Wercker.Pipeline.LocalHeroku.Releases;

namespace Wercker.Pipeline.LocalHeroku.Dynos;

/// <summary>Keeps one dyno of the formation running: boots it, watches it, and starts it again after a crash, ever more slowly.</summary>
internal sealed class DynoSlot(LocalPlatform platform, App app, Formation formation, int index, Release release)
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Probe = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;
    private bool _isDown;

    public string Type => formation.Type;

    public int Index => index;

    public string Name => $"{formation.Type}.{index}";

    public Dyno Dyno { get; private set; } = NewDyno(platform, formation, index, release);

    /// <summary>Boots once the slot that had the name before is gone.</summary>
    public void Start(Task predecessor) => _work = Task.Run(() => RunAsync(predecessor));

    /// <summary>Ends the process, then the slot.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
    }

    /// <summary>Ends the process; the dyno stays listed as down until the next restart.</summary>
    public Task TakeDownAsync()
    {
        _isDown = true;
        SetState(Dyno, Dyno.Down);
        return StopAsync();
    }

    private static Dyno NewDyno(LocalPlatform platform, Formation formation, int index, Release release) =>
        new($"{formation.Type}.{index}", formation.Type, formation.Command, release, platform.Time.GetUtcNow()) { Size = formation.Size };

    private async Task RunAsync(Task predecessor)
    {
        await predecessor.ConfigureAwait(false);
        TimeSpan backoff = platform.Options.CrashBackoff;
        while (!_stop.IsCancellationRequested)
        {
            DateTimeOffset start = platform.Time.GetUtcNow();
            await RunOnceAsync(Dyno).ConfigureAwait(false);
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            Tell($"State changed from {Dyno.State} to crashed");
            SetState(Dyno, Dyno.Crashed);
            if (platform.Time.GetUtcNow() - start > LongestBackoff)
            {
                backoff = platform.Options.CrashBackoff;
            }

            try
            {
                await Task.Delay(backoff, platform.Time, _stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            Tell("State changed from crashed to starting");
            Dyno = NewDyno(platform, formation, index, release);
            app.Dynos.Announce();
        }
    }

    private async Task RunOnceAsync(Dyno dyno)
    {
        try
        {
            bool crash = platform.Faults.Take(Fault.CrashDynos);
            bool stuck = !crash && platform.Faults.Take(Fault.StuckDynos);
            using DynoSandbox sandbox = await DynoSandbox.CreateAsync(platform, dyno).ConfigureAwait(false);
            int port = FreePort();
            Dyno actual = crash ? new Dyno(Name, Type, "exit 1", release, dyno.CreatedAt) : dyno;
            Tell($"Starting process with command `{dyno.Command}`");
            var environment = new Dictionary<string, string> { ["PORT"] = $"{port}" };
            ChildProcess process = sandbox.Start(app, actual, environment, oneStream: false);
            await using (process.ConfigureAwait(false))
            {
                process.CloseInput();
                Task output = Task.WhenAll(
                    LineReader.ReadAsync(process.Output, line => app.Log.Append("app", Name, line)),
                    LineReader.ReadAsync(process.Error, line => app.Log.Append("app", Name, line)));
                if (!stuck)
                {
                    await BootAsync(dyno, process, port).ConfigureAwait(false);
                }

                await EndAsync(process).ConfigureAwait(false);
                await process.DrainAsync(output).ConfigureAwait(false);
                Tell($"Process exited with status {await process.Exited.ConfigureAwait(false)}");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Tell($"The process could not be started: {e.Message}");
        }
    }

    /// <summary>A web dyno is up when something listens on its port, any other as soon as it runs.</summary>
    private async Task BootAsync(Dyno dyno, ChildProcess process, int port)
    {
        long start = platform.Time.GetTimestamp();
        while (Type == "web" && !process.Exited.IsCompleted && !_stop.IsCancellationRequested)
        {
            dyno.Address = await FindListenerAsync(port).ConfigureAwait(false);
            if (dyno.Address is not null)
            {
                break;
            }

            if (platform.Time.GetElapsedTime(start) > platform.Options.BootTimeout)
            {
                double seconds = platform.Options.BootTimeout.TotalSeconds;
                Tell($"Error R10 (Boot timeout) -> Web process failed to bind to $PORT within {seconds} seconds of launch");
                Tell("Stopping process with SIGKILL");
                await process.KillAsync().ConfigureAwait(false);
                return;
            }

            await Task.WhenAny(process.Exited, Task.Delay(Probe, platform.Time)).ConfigureAwait(false);
        }

        if (!process.Exited.IsCompleted && !_stop.IsCancellationRequested)
        {
            Tell("State changed from starting to up");
            SetState(dyno, Dyno.Up);
        }
    }

    private async Task EndAsync(ChildProcess process)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = _stop.Token.Register(stopped.SetResult);
        if (await Task.WhenAny(process.Exited, stopped.Task).ConfigureAwait(false) != process.Exited)
        {
            Tell("Stopping all processes with SIGTERM");
            if (!await process.StopAsync(platform.StopPatience).ConfigureAwait(false))
            {
                double seconds = platform.StopPatience.TotalSeconds;
                Tell($"Error R12 (Exit timeout) -> At least one process failed to exit within {seconds} seconds of SIGTERM");
                Tell("Stopping remaining processes with SIGKILL");
            }
        }

        // What the process left running belongs to the dyno and ends with it.
        await process.KillAsync().ConfigureAwait(false);
    }

    private void SetState(Dyno dyno, string state)
    {
        if (_isDown && state != Dyno.Down)
        {
            return;
        }

        dyno.State = state;
        dyno.UpdatedAt = platform.Time.GetUtcNow();
        app.Dynos.Announce();
    }

    private void Tell(string message) => app.Log.Append("heroku", Name, message);

    private static async Task<IPEndPoint?> FindListenerAsync(int port)
    {
        foreach (IPAddress address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address, port).ConfigureAwait(false);
                return new IPEndPoint(address, port);
            }
            catch (SocketException)
            {
            }
        }

        return null;
    }

    private static int FreePort()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
