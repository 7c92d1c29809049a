using Microsoft.Extensions.DependencyInjection;
using Samples.Container;

namespace Wercker.Pipeline.Docs.Tests;

public sealed class ContainerTests
{
    [Test]
    public async Task Deployer_TwoPipelinesOfOneContainer_RunsEachByItsName()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton<PriceList>()
            .AddSingleton<Deployer>()
            .AddWerckerPipeline("shop", pipeline => pipeline.AddStep<PriceCheckStep>())
            .AddWerckerPipeline("blog", pipeline => pipeline.AddStep("Spelling", (_, _) => new(StepResult.Skipped("nothing was written"))))
            .BuildServiceProvider();

        var reports = await provider.GetRequiredService<Deployer>().DeployAsync("1", CancellationToken.None);

        Assert.That(reports.Select(report => report.Pipeline), Is.EqualTo(new[] { "shop", "blog" }));
        Assert.That(reports.Select(report => report.Steps.Single().Message), Is.EqualTo(new[] { "2 prices are fine", "nothing was written" }));
    }
}
