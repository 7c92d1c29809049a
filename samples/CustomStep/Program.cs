using Polly;
using Polly.Retry;
using Samples.CustomStep;
using Wercker.Pipeline;

using var http = new HttpClient();
var banner = Path.GetTempFileName();
await File.WriteAllTextAsync(banner, "all is well");
var nobody = new Uri("http://127.0.0.1:1/health");

// <use>
var pipeline = new DeployPipelineBuilder("shop")
    .AddDiskSpace("/", bytes: 1_000_000)
    .AddBanner(banner, "version a1b2c3d is on its way")
    .AddHealth(http, nobody, options =>
    {
        options.Timeout = TimeSpan.FromSeconds(20);
        options.ContinueOnInconclusive = true;
        options.WhenRequest(request => request.App == "shop");
        options.Resilience = resilience => resilience.AddRetry(new RetryStrategyOptions<StepResult>
        {
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result?.Status == StepStatus.Inconclusive),
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(100),
        });
    })
    .AddStep("Check", (context, cancellationToken) => new(StepResult.Failed("somebody changed their mind")))
    .Build();
// </use>

foreach (var step in pipeline.Plan(new DeployRequest("shop", "a1b2c3d")).Steps)
{
    Console.WriteLine($"would {step.Description ?? "skip: " + step.SkipReason}");
}

var report = await pipeline.DeployAsync(new DeployRequest("shop", "a1b2c3d"));
foreach (var step in report.Steps.Concat(report.Reverts))
{
    Console.WriteLine($"{step.Name,-10} {step.Status,-12} {step.Message}");
}

Console.WriteLine(report.Summary);
var restored = await File.ReadAllTextAsync(banner) == "all is well";
File.Delete(banner);
return report is { Status: DeployStatus.Failed, Restore: RestoreStatus.Restored } && restored ? 0 : 1;
