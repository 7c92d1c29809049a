using Wercker.Pipeline.Sandboxes;
using Wercker.Pipeline.Ssh.Setup;

namespace Wercker.Pipeline.Ssh.Tests;

/// <summary>The code of docs/ssh.md, and its table of settings.</summary>
public class DocumentationTests
{
    [Test]
    public async Task Pipeline_OfThePage_HasTheNinePhasesAndSaysItsWaves()
    {
        // <pipeline>
        var options = new SshOptions
        {
            Hosts = [new SshHost("web1.example.com"), new SshHost("web2.example.com"), new SshHost("web3.example.com")],
            Path = "/srv/shop",
            Login = new SshLogin { User = "deploy" },
            Unit = "shop",
            Sudo = true,
            Fleet = new SshFleet { Waves = ["1"], WaveTests = wave => wave.AddHttpTest("web", test => test.Get("https://shop.example.com/health")) },
        };
        await using var target = new SshTarget(options, "production");
        var pipeline = new DeployPipelineBuilder("shop").UseTarget(target).AddWerckerFlow(_ => { }).Build();
        // </pipeline>

        var plan = pipeline.Plan(new("shop", "r1"));
        Assert.That(plan.Steps.Single(step => step.Name == "Push").ToString(), Does.Contain("upload the release to 3 hosts").And.Contain("in waves of 1, 2"));
    }

    [Test]
    public async Task Sandbox_OfThePage_IsOfThePipeline()
    {
        var pipeline = new DeployPipelineBuilder("shop");

        // <sandbox>
        await using var sandboxes = new SshSandboxProvider(new SshHost("build.example.com"), new SshLogin { User = "ci" }) { ParentDirectory = "/var/tmp" };
        pipeline.UseSandbox(sandboxes, new SandboxSpec { Source = Source.Directory(".") });
        // </sandbox>

        Assert.That(sandboxes.Name, Is.EqualTo("ssh"));
    }

    [Test]
    public void Settings_OfThePage_AreThoseThatAreRead()
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "ssh.md"));
        var settings = lines.SkipWhile(line => line != "## Settings").TakeWhile(line => !line.StartsWith("## Who", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]);

        Assert.That(settings, Is.EqualTo(SshSettings.Known));
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Wercker.Pipeline.sln")))
        {
            directory = directory.Parent!;
        }

        return directory.FullName;
    }
}
