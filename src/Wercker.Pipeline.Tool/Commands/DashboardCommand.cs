using System.CommandLine;
using System.Runtime.InteropServices;
using Wercker.Pipeline.Tool.Dashboard;
using Wercker.Pipeline.Tool.State;

namespace Wercker.Pipeline.Tool.Commands;

/// <summary>wercker dashboard: the runs of a project in a browser on this machine.</summary>
internal static class DashboardCommand
{
    private const string DefaultUrls = "http://127.0.0.1:0";
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    public static Command Create(CommandOptions options, Terminal terminal)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen on this machine; several are separated by ';'. Default: http://127.0.0.1:0, a port that is free.",
            HelpName = "URLS",
            DefaultValueFactory = _ => DefaultUrls,
        };
        var command = new Command("dashboard", "Show the runs of the project in a browser on this machine, live, until Ctrl+C.") { urls, options.Config, options.State };
        command.SetAction(async (result, cancellationToken) =>
        {
            var addresses = LoopbackAddress.Parse(result.GetValue(urls)!);
            var project = options.ProjectOf(result);
            using var shown = await ProjectDashboard.LoadAsync(project, cancellationToken);
            await using var state = new StateDirectory(project.StateDirectory);
            state.Prepare();
            await using var host = new DashboardHost(addresses, dashboard => shown.AddTo(dashboard, state.Store, StoreChoice.IsShared));
            await RunAsync(host, result.GetValue(options.Json), terminal, cancellationToken);
            return ExitCode.Succeeded;
        });
        return command;
    }

    private static async Task RunAsync(DashboardHost host, bool json, Terminal terminal, CancellationToken cancellationToken)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(() => end.TrySetResult());
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.TrySetResult();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        await host.StartAsync(cancellationToken);
        if (json)
        {
            JsonOutput.Write(terminal, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("address", host.Address);
                writer.WriteString("link", host.Link);
                writer.WriteEndObject();
            });
        }
        else
        {
            terminal.Result(host.Link);
            terminal.Say("The link opens the dashboard once, in one browser. Ctrl+C ends it.");
        }

        await end.Task;
        using var farewell = new CancellationTokenSource(Farewell, TimeProvider.System);
        await host.StopAsync(farewell.Token);
    }
}
