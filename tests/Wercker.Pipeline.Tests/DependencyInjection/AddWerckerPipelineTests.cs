using Microsoft.Extensions.DependencyInjection;
using Wercker.Pipeline.Journal;

namespace Wercker.Pipeline.Tests.DependencyInjection;

public sealed class AddWerckerPipelineTests
{
    [Test]
    public async Task AddWerckerPipeline_SeveralPipelines_AreKeyedAndShareTheJournalOfTheContainer()
    {
        var journal = new InMemoryJournal();
        await using var provider = new ServiceCollection()
            .AddSingleton<IDeploymentJournal>(journal)
            .AddSingleton(new Greeting("hello"))
            .AddWerckerPipeline("shop", p => p.AddStep<GreetStep>())
            .AddWerckerPipeline("blog", (p, services) => p.AddStep("own", (_, _) => new(StepResult.Succeeded(services.GetRequiredService<Greeting>().Text + " blog"))))
            .BuildServiceProvider();

        var shop = await provider.GetRequiredKeyedService<DeployPipeline>("shop").DeployAsync(new DeployRequest("shop", "1"));
        var blog = await provider.GetRequiredKeyedService<DeployPipeline>("blog").DeployAsync(new DeployRequest("blog", "1"));

        Assert.That(shop.Steps.Single(), Has.Property("Name").EqualTo("Greet").And.Property("Message").EqualTo("hello"));
        Assert.That(blog.Steps.Single().Message, Is.EqualTo("hello blog"));
        Assert.That(provider.GetRequiredService<DeployPipeline>().Name, Is.EqualTo("shop"), "the first is the unnamed one");
        var ids = new List<string>();
        await foreach (var id in journal.ListAsync(default))
        {
            ids.Add(id);
        }

        Assert.That(ids, Is.EquivalentTo(new[] { shop.Id, blog.Id }));
    }

    [Test]
    public void AddStepOfType_WithoutContainer_SaysWhatToDo()
    {
        var builder = new DeployPipelineBuilder("shop").AddStep<GreetStep>();

        Assert.That(builder.Build, Throws.InvalidOperationException.With.Message.Contains("AddWerckerPipeline"));
    }

    public sealed record Greeting(string Text);

    public sealed class GreetStep(Greeting greeting) : IDeployStep
    {
        public ValueTask<StepResult> ExecuteAsync(DeployContext context, CancellationToken cancellationToken) => new(StepResult.Succeeded(greeting.Text));
    }
}
