using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

public sealed class WerckerJsonLoadTests
{
    private string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("wercker-json-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Load_FileOrItsDirectory_ReadsTheSame()
    {
        var file = Write("wercker.json", "{\"lang\": \"go\"}");

        Assert.That(WerckerConfig.Load(_folder).Language, Is.EqualTo("go"));
        Assert.That(WerckerConfig.Load(file).Language, Is.EqualTo("go"));
        Assert.That(WerckerConfig.Load(_folder).File, Is.EqualTo(file));
    }

    [TestCase(null, "Create it, with { } at least")]
    [TestCase(".wercker.json", "Beside it is .wercker.json: rename it to wercker.json.")]
    [TestCase("wrecker.json", "Beside it is wrecker.json: rename it to wercker.json.")]
    [TestCase("wercker.yml", "Beside it is wercker.yml, which is not read")]
    public void Load_MissingFile_HintsAtWhatIsThere(string? present, string hint)
    {
        if (present is not null)
        {
            Write(present, "{}");
        }

        var fault = Assert.Throws<ConfigurationException>(() => WerckerConfig.Load(_folder));

        Assert.That(fault.Message, Does.StartWith($"{Path.Combine(_folder, "wercker.json")}: error: there is no such file. ").And.Contain(hint));
        Assert.That((fault.Line, fault.Column), Is.EqualTo(((int?)null, (int?)null)));
    }

    [Test]
    public void Load_MissingDirectory_IsAMissingFile()
    {
        Assert.That(() => WerckerConfig.Load(Path.Combine(_folder, "none", "wercker.json")), Throws.TypeOf<ConfigurationException>().With.Message.Contains("no such file"));
    }

    [TestCase("a\0b")]
    [TestCase("/dev/null/wercker.json")]
    public void Load_ImpossiblePath_IsAConfigurationFault(string path)
    {
        Assert.That(() => WerckerConfig.Load(path), Throws.TypeOf<ConfigurationException>());
    }

    [Test]
    public void Load_DirectoryNamedWerckerJson_CannotBeRead()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "wercker.json"));

        Assert.That(() => WerckerConfig.Load(_folder), Throws.TypeOf<ConfigurationException>().With.Message.Contains("cannot be read"));
    }

    [Test]
    public void Load_LargeFile_IsRefused()
    {
        using (var stream = File.Create(Path.Combine(_folder, "wercker.json")))
        {
            stream.SetLength(10 * 1024 * 1024 + 1);
        }

        Assert.That(() => WerckerConfig.Load(_folder), Throws.TypeOf<ConfigurationException>().With.Message.Contains("larger than 10 MiB"));
    }

    [Test]
    public void Load_WerckerYmlBesideIt_WarnsThatItIsNotRead()
    {
        Write("wercker.json", "{}");
        var newer = Write("wercker.yml", "box: wercker/nodejs");

        Assert.That(WerckerConfig.Load(_folder).Warnings.Single().ToString(), Is.EqualTo($"{newer}: warning: is not read; wercker.json beside it is what counts"));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
