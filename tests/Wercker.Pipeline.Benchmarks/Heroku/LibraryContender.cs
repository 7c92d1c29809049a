using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Heroku;
using Wercker.Pipeline.Reports;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Secrets;

namespace Wercker.Pipeline.Benchmarks.Heroku;

/// <summary>The nine phases through the library, with reports. Log and metrics tests are left out on both sides: they would only wait.</summary>
internal sealed class LibraryContender(ShopOnHeroku shop) : IContender
{
    public string Name => "library";

    public async Task DeployAsync(string version)
    {
        var reports = Directory.CreateTempSubdirectory("benchmark-report-").FullName;
        using var http = HerokuHttpClient.Create(shop.Platform.CaFile);
        var options = new HerokuOptions
        {
            App = "shop",
            ApiKey = new Secret(shop.Platform.ApiKey),
            ApiUrl = shop.Platform.ApiUrl,
            GitUrl = shop.Platform.GitUrl.ToString(),
            CaFile = shop.Platform.CaFile,
        };
        await using (var report = new ReportFolder(reports))
        {
            var pipeline = new DeployPipelineBuilder("shop", new PipelineServices { Observers = [report], Outputs = [report] })
                .UseTarget(new HerokuTarget(http, options))
                .UseSandbox(new ProcessSandboxProvider())
                .WithVariable("URL", shop.Platform.WebUrl.ToString())
                .AddWerckerFlow(flow =>
                {
                    flow.PreDeploy = [new WerckerCommand("echo before")];
                    flow.PostDeploy = [new WerckerCommand("echo after")];
                    flow.PostDeployTest = [new WerckerCommand($"curl --silent --show-error --fail \"$URL\" | grep --fixed-strings {version}")];
                    flow.WarmUp = TimeSpan.Zero;
                })
                .Build();
            (await pipeline.DeployAsync(new DeployRequest("shop", version) { Source = Source.Directory(shop.Source) })).EnsureSucceeded();
        }

        Directory.Delete(reports, recursive: true);
    }
}
