using System.Text;
using Wercker.Pipeline.Docker.Images;
using Wercker.Pipeline.Sandboxes;

namespace Wercker.Pipeline.Docker.Tests.Images;

public sealed class ImageNameTests
{
    [TestCase("node", "node", "latest")]
    [TestCase("node:20", "node", "20")]
    [TestCase("registry.example:5000/team/app", "registry.example:5000/team/app", "latest")]
    [TestCase("registry.example:5000/team/app:1.2", "registry.example:5000/team/app", "1.2")]
    [TestCase("node@sha256:abc", "node", "sha256:abc")]
    public void Split_Name_GivesTheTagOrDigestApart(string image, string name, string tag) => Assert.That(ImageStore.Split(image), Is.EqualTo((name, tag)));

    [TestCase("node", "docker.io")]
    [TestCase("team/app", "docker.io")]
    [TestCase("localhost/app", "localhost")]
    [TestCase("registry.example:5000/team/app", "registry.example:5000")]
    public void RegistryOf_Name_IsItsHost(string name, string registry) => Assert.That(ImageStore.RegistryOf(name), Is.EqualTo(registry));

    [Test]
    public void Find_LoginOfTheRegistry_IsTaken()
    {
        var login = Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:word:with:colons"));
        var file = Encoding.UTF8.GetBytes("""{"auths": {"registry.example:5000": {"auth": "LOGIN"}, "other.example": {}}}""".Replace("LOGIN", login, StringComparison.Ordinal));
        Assert.That(RegistryLogins.Find(file, "registry.example:5000"), Has.Property("Username").EqualTo("somebody").And.Property("Password").EqualTo("word:with:colons"));
        Assert.That(RegistryLogins.Find(file, "other.example").Username, Is.Null);
    }

    [TestCase(null, null, null, "default", 0)]
    [TestCase("own:1", "ruby", "1.9", "own:1", 0)]
    [TestCase(null, "nodejs", "20", "node:20", 0)]
    [TestCase(null, "nodejs", null, "node:latest", 1)]
    [TestCase(null, "cobol", "1", "default", 1)]
    public void Of_Specification_ChoosesAndSaysWhatIsUncertain(string? image, string? language, string? version, string chosen, int notices)
    {
        var choice = ImageChoice.Of(new SandboxSpec { Image = image, Language = language, Version = version }, "default");
        Assert.That((choice.Image, choice.Notices.Count), Is.EqualTo((chosen, notices)));
    }

    [Test]
    [CancelAfter(60_000)]
    public void CreateAsync_ImageThatNobodyHas_SaysWhichAndWhatToDo(CancellationToken cancellationToken)
    {
        using var provider = new DockerSandboxProvider();
        Assert.That(
            async () => await provider.CreateAsync(new SandboxSpec { Image = "127.0.0.1:9/none:1" }, cancellationToken),
            Throws.TypeOf<SandboxException>().With.Message.Contains("127.0.0.1:9/none:1").And.Message.Contains("docker login"));
    }

    [Test]
    public void FindObstacle_NoEngine_SaysWhereItWasLookedForAndWhatToDo()
    {
        using var provider = new DockerSandboxProvider { Host = new Uri("unix:///nowhere/docker.sock") };
        Assert.That(provider.FindObstacle(new SandboxSpec()), Does.Contain("/nowhere/docker.sock").And.Contain("DOCKER_HOST"));
    }

    [Test]
    public void FindObstacle_Engine_IsNull()
    {
        using var provider = new DockerSandboxProvider();
        Assert.That(provider.FindObstacle(new SandboxSpec()), Is.Null);
    }
}
