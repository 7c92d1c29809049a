using System.Diagnostics;
using Wercker.Pipeline.Configuration;

namespace Wercker.Pipeline.Tests.Configuration;

/// <summary>Real files of 2012 and 2013, where they are at hand: ../shared/corpus/wercker-json beside the repository.</summary>
public sealed class CorpusTests
{
    public static IEnumerable<TestCaseData<string, string>> Files()
    {
        var folder = RepositoryFiles.FindCorpus();
        if (folder is null)
        {
            yield break;
        }

        foreach (var line in File.ReadLines(Path.Combine(folder, "MANIFEST.tsv")).Skip(1))
        {
            var fields = line.Split('\t');
            yield return new TestCaseData<string, string>(Path.Combine(folder, fields[0]), fields[1]) { TestName = $"Load_{fields[1]}_{fields[0]}" };
        }
    }

    [TestCaseSource(nameof(Files))]
    public void Load_RealFile_BehavesAsItsClassSays(string file, string expected)
    {
        var clock = Stopwatch.StartNew();
        WerckerConfig? config = null;
        ConfigurationException? fault = null;
        try
        {
            config = WerckerConfig.Load(file);
        }
        catch (ConfigurationException exception)
        {
            fault = exception;
        }

        TestContext.Out.WriteLine(fault?.Message ?? string.Join('\n', config!.Warnings));
        var isLenient = config?.Warnings.Any(warning => warning.Message.Contains("is not JSON") || warning.Message.Contains("are not JSON"));
        Assert.That(fault is not null ? "invalid" : isLenient == true ? "lenient" : "valid", Is.EqualTo(expected), fault?.Message);
        if (fault is not null)
        {
            Assert.That(fault.Line, Is.GreaterThan(0));
            Assert.That(fault.Column, Is.GreaterThan(0));
            Assert.That(fault.Message, Does.StartWith($"{file}:{fault.Line}:{fault.Column}: error: "));
        }

        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(1000), "far more than any file needs, for a machine that is busy");
    }
}
