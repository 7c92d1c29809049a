using System.Runtime.InteropServices;
using Samples.Quickstart;
using Wercker.Pipeline;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.LocalHeroku;
using Wercker.Pipeline.Secrets;

// The same program is also the web shop that is deployed: the Procfile starts it on the platform, in a process of its own.
if (args is ["serve"])
{
    return await ShopServer.RunAsync(directory: Directory.GetCurrentDirectory());
}

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
var work = Directory.CreateTempSubdirectory("quickstart-").FullName;
var checks = new Checks();
try
{
    // A web shop with a Procfile and a wercker.json in a git repository: revision v1 is good, revision v2 has a mistake in its prices.
    var repository = await ShopRepository.CreateAsync(Path.Combine(work, "shop"), stop.Token);
    var shop = new ShopPipeline(repository, reports: Path.GetFullPath("artifacts/quickstart"));
    Console.WriteLine("1. Boot a platform on this machine that speaks Heroku's protocols");
    var options = new LocalHerokuOptions { App = "shop", EnableSsh = false };
    options.Environment["SHOP"] = Path.Combine(AppContext.BaseDirectory, "Quickstart.dll");
    string left;
    await using (var platform = await LocalHerokuPlatform.StartAsync(options, stop.Token))
    {
        left = platform.Directory;
        var heroku = new HerokuOptions
        {
            App = platform.App,
            ApiKey = new Secret(platform.ApiKey),
            ApiUrl = platform.ApiUrl,
            GitUrl = platform.GitUrl.ToString(),
            CaFile = platform.CaFile,
            CommandVariables = ["URL"],
        };
        Console.WriteLine($"   its API is at {platform.ApiUrl}\n\n2. Deploy v1 of the shop to {platform.WebUrl}");
        var v1 = await shop.DeployAsync("v1", heroku, platform.WebUrl, stop.Token);
        checks.Add("v1 went through all nine phases, and its tests saw a healthy shop", v1.Status == DeployStatus.Succeeded && v1.Steps.All(step => step.Status == StepStatus.Succeeded));

        stop.Token.ThrowIfCancellationRequested();
        Console.WriteLine("3. Deploy v2, which has a mistake that its own health page does not see");
        var v2 = await shop.DeployAsync("v2", heroku, platform.WebUrl, stop.Token);
        checks.Add("v2 was refused by the post-deploy test", v2.Status == DeployStatus.Failed && v2.RootCause?.Name == "PostDeployTest");
        checks.Add("v1 was put back", v2.Restore == RestoreStatus.Restored);

        stop.Token.ThrowIfCancellationRequested();
        Console.WriteLine($"4. Look for ourselves: curl {platform.WebUrl}");
        var page = await Command.RunAsync("curl", ["--fail", "--silent", "--show-error", platform.WebUrl.ToString()], work, stop.Token);
        checks.Add("curl gets the page of v1", page.Contains("version v1", StringComparison.Ordinal));
        checks.Add("the API key is in no report", !shop.ReportsContain(platform.ApiKey));
    }

    checks.Add("nothing of the platform is left", !Directory.Exists(left));
    checks.Print();
    Console.WriteLine($"\nThe reports:\n   {shop.ReportOf("v1")}\n   {shop.ReportOf("v2")}");
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
