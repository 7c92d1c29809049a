namespace Wercker.Pipeline.EndToEnd.Tests;

public sealed class VolumeTests
{
    private const int Count = 200_000;

    [Test]
    public async Task Deploy_ManyLines_AllAreInTheLogAndOnStandardErrorInOrder()
    {
        using var work = new Workspace();
        work.Deploy($"seq 1 {Count} | sed 's/$/ some padding for a line of an ordinary length in a build log/'", "seq 1 1000 >&2");

        var result = await work.DeployAsync("--report", work.Out("report"));

        Assert.That(result.ExitCode, Is.Zero, result.Output);
        var expected = Enumerable.Range(1, Count).Select(number => $"{number} some padding for a line of an ordinary length in a build log").ToArray();
        Assert.That(work.LinesOf("Push").SequenceEqual(expected), Is.True, "the log kept with the run");
        Assert.That(Lines(File.ReadAllText(Path.Combine(work.Out("report"), "deploy.log")), " Push out | ").SequenceEqual(expected), Is.True, "the log of the report");
        Assert.That(Lines(result.Error, " Push | ").Where(line => line.EndsWith("build log", StringComparison.Ordinal)).SequenceEqual(expected), Is.True, "standard error");
        Assert.That(Lines(work.Log, " Push err | ").SequenceEqual(Enumerable.Range(1, 1000).Select(number => $"{number}")), Is.True, "the other stream");
    }

    [Test]
    public async Task Deploy_ALineWithoutEnd_IsCutAndNeverFillsTheMemory()
    {
        using var work = new Workspace();
        work.Deploy("head -c 50000000 /dev/zero | tr '\\0' x", "grep VmHWM /proc/$PPID/status || true");

        var result = await work.DeployAsync();

        Assert.That(result.ExitCode, Is.Zero, result.Output);
        Assert.That(work.LinesOf("Push").Sum(line => line.Count(c => c == 'x')), Is.EqualTo(50_000_000));
    }

    private static IEnumerable<string> Lines(string text, string mark) => text.Split('\n')
        .Where(line => line.Contains(mark, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..]);
}
