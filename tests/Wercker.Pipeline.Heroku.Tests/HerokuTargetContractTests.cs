using Wercker.Pipeline.Steps;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Heroku.Tests;

public class HerokuTargetContractTests
{
    [TestCase(HerokuTransport.Https)]
    [TestCase(HerokuTransport.BuildApi)]
    [TestCase(HerokuTransport.Ssh)]
    public async Task Target_OnEveryTransport_KeepsTheContract(HerokuTransport transport)
    {
        await using var app = await LocalApp.StartAsync(ssh: transport == HerokuTransport.Ssh);
        Assert.That((await app.Harness(app.Options(transport)).RunAsync(new PushStep())).Status, Is.EqualTo(StepStatus.Succeeded));
        var contract = new TargetContract(() => app.Target(app.Options(transport)), (target, body, token) => RunAsync(app, target, body, token));

        await contract.Rules.VerifyAllAsync(CancellationToken.None);
    }

    private static async Task RunAsync(LocalApp app, IDeployTarget target, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        var pipeline = new DeployPipelineBuilder("contract").UseTarget(target).AddStep("rule", async (context, token) =>
        {
            try
            {
                await body(context, token);
            }
            catch (Exception e)
            {
                fault = e;
            }

            return StepResult.Succeeded();
        }).Build();
        await pipeline.DeployAsync(new("shop", "r1") { Source = Source.Directory(app.SourceDirectory) }, cancellationToken);
        if (fault is not null)
        {
            throw fault;
        }
    }
}
