using System.Text.Json.Nodes;
using Samples.CustomTarget;
using Wercker.Pipeline.Configuration;
using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Targets;

namespace Wercker.Pipeline.Docs.Tests;

/// <summary>The target of docs/writing-a-target.md does what the page says.</summary>
public sealed class TargetTests
{
    private readonly string _work = Directory.CreateTempSubdirectory("docs-target-").FullName;

    [TearDown]
    public void RemoveWork() => Directory.Delete(_work, recursive: true);

    [TestCase(StepStatus.Succeeded)]
    [TestCase(StepStatus.Failed)]
    public async Task FolderTarget_InAPipeline_HoldsTheReleaseUnlessTheDeploymentFails(StepStatus check)
    {
        var source = Directory.CreateDirectory(Path.Combine(_work, "source")).FullName;
        await File.WriteAllTextAsync(Path.Combine(source, "index.html"), "hello");
        var releases = Path.Combine(_work, "releases");
        var report = await new DeployPipelineBuilder("shop")
            .UseTarget(new FolderTarget("production", releases))
            .UseSandbox(new ProcessSandboxProvider())
            .AddWerckerFlow()
            .AddStep("Check", (_, _) => new(new StepResult { Status = check, Message = "checked" }))
            .Build()
            .DeployAsync(new DeployRequest("shop", "1") { Source = Source.Directory(source) });

        var released = Directory.Exists(releases) ? Directory.GetFiles(releases, "*", SearchOption.AllDirectories) : [];
        Assert.That(released, Is.EqualTo(check == StepStatus.Succeeded ? new[] { Path.Combine(releases, report.Id, "index.html") } : []));
        Assert.That(report.Restore, Is.EqualTo(check == StepStatus.Succeeded ? RestoreStatus.NotNeeded : RestoreStatus.Restored), report.Summary);
    }

    [Test]
    public async Task FolderTarget_NothingWasCopied_UndoIsNoAccident()
    {
        var report = await new DeployPipelineBuilder("shop").UseTarget(new FolderTarget("production", Path.Combine(_work, "nowhere"))).AddWerckerFlow()
            .Build().DeployAsync(new DeployRequest("shop", "1"));

        Assert.That(report.RootCause?.Name, Is.EqualTo("Push"), "without a sandbox there is nothing to copy");
        Assert.That(report.Restore, Is.EqualTo(RestoreStatus.Restored));
    }

    [Test]
    public void FolderTargetProvider_SettingsOfThePage_MakeTheTarget()
    {
        var page = Repository.Read("docs/writing-a-target.md");
        var json = page.Split("```json\n")[1].Split("```")[0];
        var settings = WerckerConfig.Parse(json).Targets["production"];

        Assert.That(new FolderTargetProvider().Create(settings), Is.EqualTo(new FolderTarget("production", "/srv/shop")));
        Assert.That(settings.Secrets, Is.EqualTo(new[] { "SHOP_KEY" }));
    }

    [Test]
    public void FolderTargetProvider_FolderIsMissing_NamesTheKey() =>
        Assert.That(
            () => new FolderTargetProvider().Create(new TargetSettings { Name = "production", Options = new JsonObject(), Location = "wercker.json: targets.production" }),
            Throws.TypeOf<ConfigurationException>().With.Message.StartsWith("wercker.json: targets.production.folder:"));

    [Test]
    public void UseTarget_TargetContributesVariables_PlanAndDeploymentHaveThem()
    {
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(new Contributing()).RequireVariable("SHOP_URL").AddStep("Check", (_, _) => new(StepResult.Succeeded())).Build();

        Assert.That(pipeline.Plan(new DeployRequest("shop", "1")).IsReady);
    }

    private sealed class Contributing : IDeployTarget
    {
        public string Name => "contributing";

        public void Contribute(DeployEnvironment environment) => environment.Set("SHOP_URL", "http://shop.test/");
    }
}
