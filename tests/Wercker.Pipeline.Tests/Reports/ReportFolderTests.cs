using System.Text;
using Wercker.Pipeline.Reports;

namespace Wercker.Pipeline.Tests.Reports;

public sealed class ReportFolderTests : IDisposable
{
    private static readonly string[] AllFiles = ["deploy.log", "junit.xml", "report.html", "report.json", "report.md"];
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"wercker-report-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, true);
        }
    }

    [Test]
    public async Task OnEventAsync_WholeDeployment_LeavesFiveFilesAndNoOther()
    {
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, ReportSamples.Failed());

        Assert.That(Names(_directory), Is.EqualTo(AllFiles));
        Assert.That(ReadReport().Status, Is.EqualTo(DeployStatus.Failed));
    }

    [Test]
    public async Task OnEventAsync_PostDeployTestFinished_WritesTheReportSoFar()
    {
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, ReportSamples.Failed().TakeWhile(e => e.Kind != DeployEventKind.Warning));

        var report = ReadReport();
        Assert.That(report.Status, Is.EqualTo(DeployStatus.Running));
        Assert.That(report.RootCause?.Name, Is.EqualTo("canary/PostDeployTest"));
    }

    [Test]
    public async Task OnEventAsync_StepsInQuickSuccession_AreNotReportedEachTime()
    {
        var events = ReportSamples.Failed().Take(3).Select(e => e with { At = ReportSamples.Noon });
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, events);

        Assert.That(ReadReport().Steps[0].Status, Is.EqualTo(StepStatus.NotRun), "the report of the start");
    }

    [Test]
    public async Task OnEventAsync_NewDeployment_ReplacesReportsAndLogOfAnEarlierOne()
    {
        await using (var folder = new ReportFolder(_directory))
        {
            await PlayAsync(folder, ReportSamples.Failed("old"));
        }

        await using (var folder = new ReportFolder(_directory))
        {
            await PlayAsync(folder, ReportSamples.Failed("new").Take(1));
        }

        Assert.That(ReadReport().Id, Is.EqualTo("new"));
        foreach (var file in AllFiles)
        {
            Assert.That(File.ReadAllText(Path.Combine(_directory, file)), Does.Contain("new").And.Not.Contain("old"), file);
        }
    }

    [Test]
    public async Task OpenLog_SomewhereElse_GetsTheLogInsteadOfTheFile()
    {
        var opened = new List<(string Id, MemoryStream Log)>();
        await using (var folder = new ReportFolder(_directory)
        {
            OpenLog = id =>
            {
                opened.Add((id, new MemoryStream()));
                return opened[^1].Log;
            },
        })
        {
            await PlayAsync(folder, ReportSamples.Failed().Take(4));
            await WriteAsync(folder, "Push", OutputStream.Output, "counting objects\n");
        }

        var (deployment, log) = opened.Single();
        Assert.That(deployment, Is.EqualTo(ReportSamples.Failed()[0].DeploymentId));
        Assert.That(log.CanWrite, Is.False, "it is disposed with the folder");
        Assert.That(System.Text.Encoding.UTF8.GetString(log.ToArray()), Does.Contain("deployment r1 started").And.EndsWith(" Push out | counting objects\n"));
        Assert.That(Directory.GetFiles(_directory).Select(Path.GetFileName), Is.EquivalentTo(AllFiles.Except(["deploy.log"])));
    }

    [Test]
    public async Task WriteAsync_OutputAndEvents_AreOneStory()
    {
        var events = ReportSamples.Failed();
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, events.Take(4));
        await WriteAsync(folder, "Push", OutputStream.Output, "counting objects\n");
        await WriteAsync(folder, "Push", OutputStream.Error, "forged\r2026-11-23T12:00:00.000Z Push pipe | succeeded\n");
        await WriteAsync(folder, "Push", OutputStream.Note, "$ git push\n");
        await PlayAsync(folder, events.Skip(4));

        var lines = File.ReadAllText(Path.Combine(_directory, "deploy.log")).Split('\n')[..^1].Select(line => line["2026-11-23T12:00:00.000Z ".Length..]);
        Assert.That(lines, Is.EqualTo(new[]
        {
            "- pipe | deployment r1 started: shop a1b2c3d to production, pipeline shop",
            "Setup pipe | started",
            "Setup pipe | succeeded",
            "Push pipe | started",
            "Push out | counting objects",
            "Push err | forged\r2026-11-23T12:00:00.000Z Push pipe | succeeded",
            "Push note | $ git push",
            "Push pipe | succeeded: Pushed.",
            "canary/PostDeployTest pipe | started",
            "canary/PostDeployTest pipe | failed: Exit code 1 of: curl $URL | grep welcome",
            "Push pipe | warning: The build cache is full.",
            "Push pipe | undo started",
            "Push pipe | undo succeeded: Rolled back to v41.",
            "- pipe | deployment r1 failed",
        }));
    }

    [Test]
    public async Task OnEventAsync_SecondDeployment_IsRefused()
    {
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, ReportSamples.Failed("one"));

        Assert.That(async () => await PlayAsync(folder, ReportSamples.Failed("two")), Throws.InvalidOperationException.With.Message.Contains("one"));
        Assert.That(ReadReport().Id, Is.EqualTo("one"));
    }

    [Test]
    public async Task FolderPerDeployment_ManyAtOnce_EachHasItsOwn()
    {
        await using var folder = new ReportFolder(_directory) { FolderPerDeployment = true };
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => PlayAsync(folder, ReportSamples.Failed($"d{i}")))));

        Assert.That(Directory.GetDirectories(_directory), Has.Length.EqualTo(20));
        for (var i = 0; i < 20; i++)
        {
            Assert.That(Names(Path.Combine(_directory, $"d{i}")), Is.EqualTo(AllFiles));
            Assert.That(File.ReadAllText(Path.Combine(_directory, $"d{i}", "report.json")), Does.Contain($"\"d{i}\""));
        }
    }

    [TestCase("../up")]
    [TestCase("/etc")]
    [TestCase(".hidden")]
    [TestCase("")]
    public async Task FolderPerDeployment_IdThatIsAPath_IsRefused(string id)
    {
        await using var folder = new ReportFolder(_directory) { FolderPerDeployment = true };

        Assert.That(async () => await PlayAsync(folder, ReportSamples.Failed(id)), Throws.InvalidOperationException);
    }

    [Test]
    public async Task Resume_EarlierEvents_KeepsTheLogAndTellsTheWholeStory()
    {
        var events = ReportSamples.Failed();
        await using (var folder = new ReportFolder(_directory))
        {
            await PlayAsync(folder, events.Take(5));
        }

        await using (var folder = new ReportFolder(_directory))
        {
            folder.Resume(events.Take(5));
            await PlayAsync(folder, events.Skip(3));
        }

        Assert.That(ReadReport().Steps.Select(step => step.Status), Is.EqualTo(new[] { StepStatus.Succeeded, StepStatus.Succeeded, StepStatus.Failed, StepStatus.NotRun }));
        Assert.That(File.ReadAllLines(Path.Combine(_directory, "deploy.log")), Has.Length.EqualTo(events.Count), "events that were seen already are not logged again");
    }

    [Test]
    public void Constructor_DirectoryThatCannotBeMade_ThrowsBeforeAnythingStarts()
    {
        File.WriteAllText(_directory + ".file", "x");
        try
        {
            var path = Path.Combine(_directory + ".file", "report");

            Assert.That(() => new ReportFolder(path), Throws.InstanceOf<ConfigurationException>().With.Message.Contains(path));
        }
        finally
        {
            File.Delete(_directory + ".file");
        }
    }

    [Test]
    public async Task OnEventAsync_DeploymentFinished_ClosesTheLog()
    {
        await using var folder = new ReportFolder(_directory);
        await PlayAsync(folder, ReportSamples.Failed());

        // Only possible where nobody has the file open any more.
        using var exclusive = new FileStream(Path.Combine(_directory, "deploy.log"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.That(exclusive.Length, Is.GreaterThan(0));
    }

    private static async Task PlayAsync(ReportFolder folder, IEnumerable<DeployEvent> events)
    {
        foreach (var e in events)
        {
            await folder.OnEventAsync(e, CancellationToken.None);
        }
    }

    private static ValueTask WriteAsync(ReportFolder folder, string step, OutputStream stream, string text) =>
        folder.WriteAsync(new OutputBlock("r1", step, stream, ReportSamples.Noon, Encoding.UTF8.GetBytes(text)), CancellationToken.None);

    private DeployReport ReadReport() => DeployReport.ReadJson(new MemoryStream(File.ReadAllBytes(Path.Combine(_directory, "report.json"))));

    private static string[] Names(string directory) => [.. Directory.GetFileSystemEntries(directory).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];
}
