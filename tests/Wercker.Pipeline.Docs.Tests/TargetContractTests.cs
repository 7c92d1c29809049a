using Samples.CustomTarget;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;
using Wercker.Pipeline.Testing.Contracts;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The targets of the samples keep the contract of targets.</summary>
public sealed class TargetContractTests
{
    private static readonly string Work = Directory.CreateTempSubdirectory("docs-target-").FullName;

    [OneTimeTearDown]
    public static void RemoveWork() => Directory.Delete(Work, recursive: true);

    // <contract>
    private static readonly TargetContract Contract = new(() => new FolderTarget("production", Path.Combine(Work, "releases")), RunAsync);

    private static IEnumerable<ContractRule> Rules => Contract.Rules;

    [TestCaseSource(nameof(Rules))]
    public Task FolderTarget_Contract_IsKept(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);
    // </contract>

    private static IEnumerable<ContractRule> RulesWithReleases => new TargetContract(MakeReleasesTarget, RunAsync).Rules;

    [TestCaseSource(nameof(RulesWithReleases))]
    public Task ReleasesTarget_Contract_IsKept(ContractRule rule) => rule.VerifyAsync(CancellationToken.None);

    private static ReleasesTarget MakeReleasesTarget() => new("production", Directory.CreateDirectory(Path.Combine(Work, "with-releases")).FullName);

    // <runner>
    private static async Task RunAsync(IDeployTarget target, Func<DeployContext, CancellationToken, Task> body, CancellationToken cancellationToken)
    {
        Exception? accident = null;
        var pipeline = new DeployPipelineBuilder("contract")
            .UseTarget(target)
            .UseSandbox(new ProcessSandboxProvider())
            .AddStep("Rule", async (context, token) =>
            {
                try
                {
                    await body(context, token);
                }
                catch (Exception e)
                {
                    accident = e;
                }

                return StepResult.Succeeded();
            })
            .WaitForTarget(TimeSpan.FromMinutes(1))
            .Build();
        var report = await pipeline.DeployAsync(new DeployRequest("shop", "1"), cancellationToken);
        if (accident is not null)
        {
            throw new InvalidOperationException($"The rule is broken: {accident.Message}", accident);
        }

        report.EnsureSucceeded();
    }
    // </runner>
}
