using Wercker.Pipeline.HouseRules.Tests.Repository;

namespace Wercker.Pipeline.HouseRules.Tests.Files;

public class TextTests
{
    // The rules themselves must name what they look for.
    private static IEnumerable<string> Texts =>
        Checkout.Files(path => TextRules.IsText(path) && Path.GetFileName(path) is not ("TextRules.cs" or "TextTests.cs"));

    [Test]
    public void Texts_All_HoldNoPathOfAMachine() =>
        Assert.That(Texts.SelectMany(path => TextRules.MachinePaths(path, Checkout.Read(path), Checkout.Root)), Is.Empty);

    [Test]
    public void Texts_All_NameNoRegistry() => Assert.That(Texts.SelectMany(path => TextRules.RegistryHosts(path, Checkout.Read(path))), Is.Empty);

    [TestCase("see /Users/anna/code/x")]
    [TestCase("in /home/anna/shop.json")]
    [TestCase(@"C:\Users\anna")]
    [TestCase("cd /data/builds/7/shop && ls")]
    [TestCase("\"/data/builds/7/shop\"")]
    [TestCase("beside /data/builds/7/other")]
    public void MachinePaths_PathOfAMachine_IsNamed(string text) =>
        Assert.That(TextRules.MachinePaths("a.md", text, "/data/builds/7/shop"), Has.Some.StartsWith("a.md: "));

    [TestCase("/home/ubuntu/app, /usr/bin/env, $HOME/data, https://example.org/data/builds/7/shop/")]
    [TestCase("src/data/builds/7/shop")]
    public void MachinePaths_PathOfNoMachine_IsSilent(string text) => Assert.That(TextRules.MachinePaths("a.md", text, "/data/builds/7/shop"), Is.Empty);

    [Test]
    public void MachinePaths_CheckoutInACommonFolder_DoesNotForbidTheFolder() => Assert.That(TextRules.MachinePaths("a.md", "ls /src/ now", "/src/shop"), Is.Empty);

    [TestCase("https://api.nuget" + ".org/v3/index.json")]
    [TestCase("https://feed.example/path/v3/index.json")]
    [TestCase("docker pull ghcr.io/x/y")]
    public void RegistryHosts_Registry_IsNamed(string text) => Assert.That(TextRules.RegistryHosts("a.md", text), Has.One.StartsWith("a.md: "));

    [Test]
    public void RegistryHosts_OtherHosts_AreSilent() => Assert.That(TextRules.RegistryHosts("a.md", "https://api.heroku.com/apps and docker pull debian"), Is.Empty);
}
