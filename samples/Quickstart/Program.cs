using System.Runtime.InteropServices;
using Samples.Quickstart;
using Wercker.Pipeline;

// The same program is also the web server that is deployed to: in a process of its own.
if (args is ["serve", var port, var directory])
{
    return await WebServer.RunAsync(int.Parse(port), new SiteDirectory(directory));
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var work = Directory.CreateTempSubdirectory("quickstart-").FullName;
var checks = new Checks();
try
{
    // A web application with a wercker.json in a git repository: revision v1 is good, revision v2 has a mistake in its prices.
    var repository = await AppRepository.CreateAsync(Path.Combine(work, "app"), stop.Token);

    // A place to deploy to: a directory, and a real web server that serves what is live in it.
    var site = new SiteDirectory(Path.Combine(work, "site"));
    await using (var server = await WebServerProcess.StartAsync(site, stop.Token))
    {
        var shop = new ShopPipeline(site, server, repository, reports: Path.GetFullPath("artifacts/quickstart"));

        Console.WriteLine($"1. Deploy v1 of the shop to {server.Url}");
        var v1 = await shop.DeployAsync("v1", stop.Token);
        checks.Add("v1 went through all phases, and its tests saw a healthy shop", v1.Status == DeployStatus.Succeeded && v1.Steps.All(step => step.Status == StepStatus.Succeeded));

        stop.Token.ThrowIfCancellationRequested();
        Console.WriteLine("2. Deploy v2, which has a mistake that its own health page does not see");
        var v2 = await shop.DeployAsync("v2", stop.Token);
        checks.Add("v2 was refused by the post-deploy test", v2.Status == DeployStatus.Failed && v2.RootCause?.Name == "PostDeployTest");
        checks.Add("the target was put back", v2.Restore == RestoreStatus.Restored);

        stop.Token.ThrowIfCancellationRequested();
        Console.WriteLine("3. Look for ourselves");
        var page = await Command.RunAsync("curl", ["--fail", "--silent", "--show-error", server.Url], work, stop.Token);
        checks.Add("curl gets the page of v1", page.Contains("version v1", StringComparison.Ordinal));

        await server.StopAsync();
        checks.Add("no process is left", !server.IsRunning);
        checks.Print();
        Console.WriteLine($"\nThe reports:\n   {shop.ReportOf("v1")}\n   {shop.ReportOf("v2")}");
    }

    return stop.IsCancellationRequested ? 130 : checks.AllHold ? 0 : 1;
}
catch (OperationCanceledException)
{
    return 130;
}
finally
{
    Directory.Delete(work, recursive: true);
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
