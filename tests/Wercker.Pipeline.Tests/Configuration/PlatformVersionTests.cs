using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class PlatformVersionTests
{
    [TestCase("ruby", null, "1.9.3-p392")]
    [TestCase("ruby", "1.9", "1.9.3-p392")]
    [TestCase("ruby", "1.9.3", "1.9.3-p392")]
    [TestCase("ruby", "1", "1.9.3-p392")]
    [TestCase("ruby", "1.8.7", "1.8.7-p371")]
    [TestCase("ruby", "2", "2.0.0-p0")]
    [TestCase("ruby", "2.1", "2.1")]
    [TestCase("Ruby", "1.9.3-p392", "1.9.3-p392")]
    [TestCase("nodejs", null, "0.8.16")]
    [TestCase("nodejs", "0.6", "0.6.21")]
    [TestCase("nodejs", "0.9.5", "0.9.5")]
    [TestCase("nodejs", "0.8.1", "0.8.1")]
    [TestCase("nodejs", "0.10", "0.10")]
    [TestCase("python", null, "2.7")]
    [TestCase("python", "2", "2.7")]
    [TestCase("python", "2.7", "2.7")]
    [TestCase("go", null, "1.0.0")]
    [TestCase("go", "1.1", "1.1")]
    [TestCase("blank", null, "1.0.0")]
    [TestCase(null, null, "1.0.0")]
    [TestCase(null, "3.2", "3.2")]
    public void Resolve_LanguageAndVersion_GivesTheVersionOf2013(string? language, string? version, string expected) =>
        Assert.That(PlatformVersion.Resolve(language, version), Is.EqualTo(expected));

    [TestCase("ruby", "package.json", "Gemfile")]
    [TestCase("nodejs", "package.json", "setup.py")]
    [TestCase("python", "requirements.txt")]
    [TestCase("python", "setup.py")]
    [TestCase("php", "composer.json")]
    [TestCase("go", ".godir")]
    [TestCase("blank", "Makefile")]
    public void Detect_Files_TellTheLanguage(string expected, params string[] files)
    {
        var directory = Directory.CreateTempSubdirectory("wercker-platform-").FullName;
        try
        {
            foreach (var file in files)
            {
                File.WriteAllText(Path.Combine(directory, file), string.Empty);
            }

            Assert.That(PlatformVersion.Detect(directory), Is.EqualTo(expected));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [TestCase("{}", null, "1.0.0")]
    [TestCase("{}", "/no/such/directory", "1.0.0")]
    [TestCase("{\"lang\": \"ruby\", \"version\": \"1.8.7\"}", null, "1.8.7-p371")]
    public void GetPlatformVersion_OfAConfig_UsesWhatItSays(string json, string? directory, string expected) =>
        Assert.That(WerckerConfig.Parse(json).GetPlatformVersion(directory), Is.EqualTo(expected));

    [Test]
    public void Detect_NoSuchDirectory_IsBlank() => Assert.That(PlatformVersion.Detect("/no/such/directory"), Is.EqualTo("blank"));
}
