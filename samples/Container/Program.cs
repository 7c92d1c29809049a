using Microsoft.Extensions.DependencyInjection;
using Samples.Container;
using Wercker.Pipeline;

// <register>
var services = new ServiceCollection()
    .AddSingleton<PriceList>()
    .AddSingleton<Deployer>()
    .AddSingleton<IDeployObserver, ConsoleObserver>()
    .AddWerckerPipeline("shop", pipeline => pipeline.AddStep<PriceCheckStep>())
    .AddWerckerPipeline("blog", pipeline => pipeline.AddStep("Spelling", (context, cancellationToken) => new(StepResult.Skipped("nothing was written"))));
// </register>

await using var provider = services.BuildServiceProvider();
var reports = await provider.GetRequiredService<Deployer>().DeployAsync("a1b2c3d", CancellationToken.None);
return reports.All(report => report.Status == DeployStatus.Succeeded) ? 0 : 1;
