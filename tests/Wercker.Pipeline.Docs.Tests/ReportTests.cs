namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The code of docs/reports.md, run.</summary>
[NonParallelizable]
public sealed class ReportTests
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _work = Directory.CreateTempSubdirectory("docs-report-").FullName;

    [SetUp]
    public void EnterWork() => Directory.SetCurrentDirectory(_work);

    [TearDown]
    public void RemoveWork()
    {
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_work, recursive: true);
    }

    [Test]
    public async Task Folder_OfADeployment_HoldsTheFiveFormsOfThePage()
    {
        await Regions.Reports.WithFolderAsync(services => Pipeline(services, StepResult.Succeeded()).DeployAsync(new DeployRequest("shop", "1")));

        var named = Repository.Read("docs/reports.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).Take(5);
        Assert.That(Directory.GetFiles(Path.Combine(_work, "out")).Select(Path.GetFileName), Is.EquivalentTo(named));
    }

    [Test]
    public void EnsureSucceeded_FailedDeployment_Throws() =>
        Assert.That(
            () => Regions.Reports.DeployAsync(Pipeline(new PipelineServices(), StepResult.Failed("no")), new DeployRequest("shop", "1"), CancellationToken.None),
            Throws.TypeOf<DeploymentFailedException>());

    private static DeployPipeline Pipeline(PipelineServices services, StepResult answer) =>
        new DeployPipelineBuilder("shop", services).AddStep("Step", (_, _) => new(answer)).Build();
}
